const MAX_LENGTH = 64

/**
 * The addresses that count as one: an IPv4 address, or the /64 of an IPv6 address, which is what one customer of a
 * provider has at least.
 * @param ip as the proxy or the socket names it; other text stands for itself
 */
export function toAddressBucket(ip: string): string {
  const address = ip.slice(0, MAX_LENGTH).toLowerCase().replace(/%.*$/, '')
  const embedded = /^(?:0{0,4}:){2,5}(?:ffff:)?([0-9]{1,3}(?:\.[0-9]{1,3}){3})$/.exec(address)?.[1]
  if (embedded !== undefined) return embedded
  return /^[0-9a-f:]+$/.test(address) && address.includes(':') ? toNetwork(address) : address
}

function toNetwork(address: string): string {
  const [head = '', tail] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  const groups = [...before, ...Array.from({ length: missing }, () => '0'), ...after]
  return `${groups
    .slice(0, 4)
    .map(group => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}
