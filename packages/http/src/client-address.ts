import type { ConfigProblem } from '@authcore/core'
import ipaddr from 'ipaddr.js'
import { type AuthHeaders, type AuthRequest, readHeaderValues } from './auth-request.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** Whose word about other addresses is believed. */
export interface ClientAddressSettings {
  readonly trustedProxies: readonly (readonly [Address, number])[]
}

/** Where a request came from, as far as that can be believed. */
export interface ClientAddress {
  /** In canonical form, an IPv4 address that is mapped into IPv6 as IPv4; `undefined` where it is not known. */
  readonly ip: string | undefined
  /** Whether the connection to this server comes from a trusted proxy. */
  readonly isProxied: boolean
  /** Whether the client used TLS. */
  readonly isEncrypted: boolean
}

const MAX_HEADER_LENGTH = 4096
const MAX_PROXIES = 64

/**
 * Finds out who the client is. Without trusted proxies that is the other end of the connection, whatever headers say.
 * `X-Forwarded-For` is read from the right, as far as each address is a trusted proxy: what stands further left was
 * written by the client (RFC 7239 section 8.1).
 */
export function findClientAddress(request: AuthRequest, settings: ClientAddressSettings): ClientAddress {
  const peer = parseAddress(request.ip)
  const isEncrypted = request.isEncrypted === true
  if (peer === undefined || !isTrusted(peer, settings)) {
    return { ip: peer?.toString(), isProxied: false, isEncrypted }
  }
  return {
    ip: findForwarded(peer, readForwardedFor(request.headers), settings).toString(),
    isProxied: true,
    isEncrypted: isForwardedOverTls(request.headers),
  }
}

/** Checks the list of proxies. */
export function parseTrustedProxies(
  given: unknown,
): ClientAddressSettings & { readonly problems: readonly ConfigProblem[] } {
  if (!Array.isArray(given) || given.length > MAX_PROXIES) {
    const message = `must be an array of at most ${MAX_PROXIES} addresses or CIDR ranges`
    return { trustedProxies: [], problems: [{ path: 'trustedProxies', message }] }
  }
  const parsed = given.map(parseRange)
  return {
    trustedProxies: Object.freeze(parsed.flatMap(range => (range === undefined ? [] : [range]))),
    problems: parsed.flatMap((range, index) =>
      range === undefined
        ? [
            {
              path: `trustedProxies.${index}`,
              message: 'must be an IP address or a range such as 10.0.0.0/8',
            },
          ]
        : [],
    ),
  }
}

function parseRange(value: unknown): readonly [Address, number] | undefined {
  if (typeof value !== 'string') return undefined
  const address = parseAddress(value)
  if (address !== undefined) return [address, address.kind() === 'ipv4' ? 32 : 128]
  return ipaddr.isValidCIDR(value) ? ipaddr.parseCIDR(value) : undefined
}

/** An IPv4 address that is mapped into IPv6 is that IPv4 address; a zone (`%eth0`) says nothing to others. */
function parseAddress(text: string | undefined): Address | undefined {
  const [plain = ''] = (text ?? '').split('%', 1)
  const isFull = ipaddr.IPv4.isValidFourPartDecimal(plain) || ipaddr.IPv6.isValid(plain)
  return isFull ? ipaddr.process(plain) : undefined
}

function isTrusted(address: Address, { trustedProxies }: ClientAddressSettings): boolean {
  return trustedProxies.some(
    ([network, bits]) => network.kind() === address.kind() && address.match(network, bits),
  )
}

function findForwarded(peer: Address, hops: readonly string[], settings: ClientAddressSettings): Address {
  let client = peer
  for (const hop of hops.toReversed()) {
    const address = parseHop(hop)
    if (address === undefined) return client
    client = address
    if (!isTrusted(address, settings)) return client
  }
  return client
}

function readForwardedFor(headers: AuthHeaders): readonly string[] {
  return readHeaderValues(headers, 'x-forwarded-for', MAX_HEADER_LENGTH).flatMap(value => value.split(','))
}

/** `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1` or `[2001:db8::1]:443`. */
function parseHop(hop: string): Address | undefined {
  const text = hop.trim()
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)?.[1]
  return parseAddress(bracketed ?? text.replace(/^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/, '$1'))
}

/** The last entry is that of the proxy that speaks to us. */
function isForwardedOverTls(headers: AuthHeaders): boolean {
  const values = readHeaderValues(headers, 'x-forwarded-proto', MAX_HEADER_LENGTH)
  return (
    values
      .flatMap(value => value.split(','))
      .at(-1)
      ?.trim()
      .toLowerCase() === 'https'
  )
}
