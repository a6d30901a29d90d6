import { BlockList, isIP } from 'node:net'

/** IPv4 networks that are not the internet (IANA special-purpose registry, RFC 6890), multicast and reserved ones. */
const REFUSED_IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // 169.254.169.254 is where clouds hand out credentials
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

/** Everything outside is loopback, link-local, unique local, multicast, IPv4-mapped or NAT64. */
const GLOBAL_IPV6: readonly [string, number] = ['2000::', 3]

/** Inside of it: Teredo, ORCHID and benchmarking; documentation; 6to4, which carries an IPv4 address. */
const REFUSED_IPV6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

const refused = createList(REFUSED_IPV4, REFUSED_IPV6)
const globalIpv6 = createList([], [GLOBAL_IPV6])

/** Whether an address belongs to the public internet. What is no address does not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !refused.check(address, 'ipv4')
  return family === 6 && globalIpv6.check(address, 'ipv6') && !refused.check(address, 'ipv6')
}

function createList(
  ipv4: readonly (readonly [string, number])[],
  ipv6: readonly (readonly [string, number])[],
): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of ipv4) list.addSubnet(network, prefix, 'ipv4')
  for (const [network, prefix] of ipv6) list.addSubnet(network, prefix, 'ipv6')
  return list
}
