import type { Algorithm } from '../../src/jws/algorithms.js'
import { AUDIENCE, ISSUER, NOW } from './verifiers.js'

/**
 * What can be wrong with a token. Written from the RFCs and shared with nothing under test: slow, plain, and the
 * truth of the differential run. Ours must accept exactly the tokens without a defect.
 */
export type Defect =
  | 'parts'
  | 'base64url'
  | 'utf8'
  | 'json'
  | 'repeated_name'
  | 'lone_surrogate'
  | 'depth'
  | 'number_range'
  | 'unsupported_header'
  | 'header_type'
  | 'algorithm_unknown'
  | 'algorithm_of_another_key'
  | 'signature'
  | 'claim_type'
  | 'date_range'
  | 'issuer'
  | 'audience'
  | 'no_expiration'
  | 'expired'
  | 'expires_now'
  | 'not_yet_valid'
  | 'issued_in_future'

/** The one signature that is known to be genuine for a signing input. */
export interface Genuine {
  readonly signingInput: string
  readonly signature: Uint8Array
  readonly algorithm: Algorithm
}

type Json = Readonly<Record<string, unknown>>

const REFUSED = ['crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c', 'zip', 'enc']
const LAST_DATE = 8.64e12

/** Lists every defect that can be seen; parts that cannot be read are looked into no further. */
export function findDefects(token: string, algorithm: Algorithm, genuine: Genuine): ReadonlySet<Defect> {
  const defects = new Set<Defect>()
  const parts = token.split('.')
  if (parts.length !== 3 || parts[0] === '' || parts[2] === '') defects.add('parts')
  if (parts.some(part => !isCanonical(part))) defects.add('base64url')
  const [headerText = '', payloadText = '', signatureText = ''] = parts
  const header = readObject(Buffer.from(headerText, 'base64'), defects)
  const payload = readObject(Buffer.from(payloadText, 'base64'), defects)
  const isGenuine =
    genuine.signingInput === `${headerText}.${payloadText}` &&
    Buffer.from(signatureText, 'base64').equals(genuine.signature)
  if (!isGenuine) defects.add('signature')
  if (header !== undefined) judgeHeader(header, algorithm, genuine, defects)
  if (payload !== undefined) judgeClaims(payload, defects)
  return defects
}

/** RFC 4648 section 3.5: one text for each byte string. */
function isCanonical(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part
}

function readObject(bytes: Buffer, defects: Set<Defect>): Json | undefined {
  // a lone surrogate cannot be written in UTF-8; Buffer would write it as U+FFFD, and so hide it
  const text = bytes.toString('utf8')
  if (!Buffer.from(text).equals(bytes) || text.startsWith('\ufeff')) defects.add('utf8')
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''))
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new SyntaxError('no object')
    judgeText(text, defects)
    // an object that is no array
    return value as Json
  } catch {
    defects.add('json')
    return undefined
  }
}

/** Cuts valid JSON into tokens by one expression; the code under test counts and walks instead. */
function judgeText(text: string, defects: Set<Defect>): void {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs) ?? []
  const open: Map<string, true>[] = []
  tokens.forEach((token, index) => {
    if (token === '{' || token === '[') open.push(new Map())
    if (token === '}' || token === ']') open.pop()
    if (open.length > 32) defects.add('depth')
    if (token.startsWith('"')) {
      const value = String(JSON.parse(token))
      if (Buffer.from(value).toString() !== value) defects.add('lone_surrogate')
      if (tokens[index + 1] !== ':') return
      if (open.at(-1)?.has(value)) defects.add('repeated_name')
      open.at(-1)?.set(value, true)
    } else if (/^-?\d/.test(token) && !Number.isFinite(Number(token))) defects.add('number_range')
  })
}

function judgeHeader(header: Json, algorithm: Algorithm, genuine: Genuine, defects: Set<Defect>): void {
  const { alg, typ, kid } = header
  if (REFUSED.some(name => Object.hasOwn(header, name))) defects.add('unsupported_header')
  const isText = (value: unknown) => value === undefined || typeof value === 'string'
  if (!isText(typ) || !isText(kid) || (typeof kid === 'string' && kid.length > 256))
    defects.add('header_type')
  if (alg === algorithm) {
    if (genuine.algorithm !== algorithm) defects.add('signature')
    return
  }
  // a token under another algorithm for which this key would do
  defects.add(alg === genuine.algorithm ? 'algorithm_of_another_key' : 'algorithm_unknown')
}

function judgeClaims(claims: Json, defects: Set<Defect>): void {
  for (const name of ['iss', 'sub', 'jti'] as const) {
    if (Object.hasOwn(claims, name) && typeof claims[name] !== 'string') defects.add('claim_type')
  }
  const aud = claims['aud']
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  if (Object.hasOwn(claims, 'aud') && !audiences.every(value => typeof value === 'string'))
    defects.add('claim_type')
  for (const name of ['exp', 'nbf', 'iat'] as const) {
    const value = claims[name]
    if (!Object.hasOwn(claims, name)) continue
    if (typeof value !== 'number') defects.add('claim_type')
    else if (Math.abs(value) > LAST_DATE) defects.add('date_range')
  }
  if (claims['iss'] !== ISSUER) defects.add('issuer')
  if (!audiences.includes(AUDIENCE)) defects.add('audience')
  judgeTimes(claims, defects)
}

function judgeTimes({ exp, nbf, iat }: Json, defects: Set<Defect>): void {
  if (exp === undefined) defects.add('no_expiration')
  if (typeof exp === 'number' && exp < NOW) defects.add('expired')
  if (exp === NOW) defects.add('expires_now')
  if (typeof nbf === 'number' && nbf > NOW) defects.add('not_yet_valid')
  if (typeof iat === 'number' && iat > NOW) defects.add('issued_in_future')
}
