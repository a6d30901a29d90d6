import { InvalidRequestError } from '@authcore/core'

const MAX_LENGTH = 16_384

/** Names without case, separators and array brackets, so that `API-Key`, `api_key` and `apiKey[]` are one. */
const NAMES: ReadonlySet<string> = new Set([
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'bearertoken',
  'sessiontoken',
  'apikey',
  'xapikey',
  'clientsecret',
  'authorization',
])

/**
 * Refuses credentials in the query string, where logs, histories and referrers would keep them
 * (RFC 9700 section 4.3.2; RFC 6750 section 2.3). Whatever their value: a client that sends them must learn it.
 * @throws InvalidRequestError `credentials_in_query`, `request_url_too_long`
 */
export function refuseCredentialsInQuery(url: unknown): void {
  if (typeof url !== 'string' || url.length > MAX_LENGTH)
    throw new InvalidRequestError('request_url_too_long')
  const [target = ''] = url.split('#', 1)
  const start = target.indexOf('?')
  if (start < 0) return
  for (const parameter of target.slice(start + 1).split(/[&;]/)) {
    if (NAMES.has(canonicalName(parameter))) throw new InvalidRequestError('credentials_in_query')
  }
}

function canonicalName(parameter: string): string {
  const name = parameter.split('=', 1)[0] ?? ''
  const decoded = name.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return decoded.toLowerCase().replace(/[^a-z0-9]/g, '')
}
