import ipaddr from 'ipaddr.js'

/** All requests whose address is not known count as those of one client: not knowing must not lift a limit. */
const UNKNOWN = 'unknown'

/**
 * The addresses that count as one client: an IPv4 address, or the /64 of an IPv6 address, which is the least that one
 * customer of a provider has.
 * @param ip as `findClientAddress` gives it: canonical, IPv4 mapped into IPv6 as IPv4
 */
export function toAddressBucket(ip: string | undefined): string {
  if (ip === undefined || !ipaddr.isValid(ip)) return UNKNOWN
  const address = ipaddr.process(ip)
  if (address instanceof ipaddr.IPv4) return address.toString()
  const network = address.parts.slice(0, 4).map(part => part.toString(16))
  return `${network.join(':')}::/64`
}
