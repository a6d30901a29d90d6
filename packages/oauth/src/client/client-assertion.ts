import { type Clock, InvalidTokenError, type JsonObject, type SecretBox } from '@authcore/core'
import {
  type CreateRemoteJwkSetOptions,
  createRemoteJwkSet,
  type JwsHeader,
  type RemoteJwkSet,
  type VerificationKeyInput,
  verifyJwt,
} from '@authcore/core/jwt'
import type { OneTimeStore, Random } from '@authcore/core/ports'
import { randomText } from '../token-host.js'
import { REMOTE_ALGORITHMS } from './client-keys.js'
import type { ClientRecord } from './client-record.js'

/** How the keys of clients are fetched from their `jwksUri`. */
export type ClientKeySetOptions = Omit<CreateRemoteJwkSetOptions, 'url' | 'clock'>

/** What assertions are verified with; everything has been checked before. */
export interface ClientAssertionSettings {
  /** Who `aud` may name: the issuer, and the URLs of the endpoints. */
  readonly audience: readonly string[]
  readonly maxAgeSeconds: number
  readonly clockToleranceSeconds: number
  readonly keySet: ClientKeySetOptions
  readonly oneTime: Pick<OneTimeStore, 'reserve'>
  readonly box: SecretBox
  readonly clock: Clock
  readonly random: Random
}

/** Verifies an assertion of a client; the result is the reason of a refusal, or `undefined` when it is good. */
export type VerifyClientAssertion = (
  assertion: string,
  type: string | undefined,
  client: ClientRecord,
) => Promise<string | undefined>

/** The value of `client_assertion_type` (RFC 7523 section 2.2). */
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export const MAX_ASSERTION_LENGTH = 8192
const MAX_ID_LENGTH = 255
const MAX_KEY_SETS = 1000
const NAMESPACE = 'oauth.client_assertion'
/** Processes whose clocks run behind accept an assertion for longer; the guard outlasts them. */
const GUARD_MARGIN_MS = 60_000
/** Other kinds of tokens that a client may have signed are none (RFC 8725 section 3.11). */
const TYPES: readonly string[] = ['jwt', 'client-authentication+jwt']

/**
 * Reads whose assertion it is said to be; nothing is verified. The record of that client says which keys count.
 * @returns `undefined` for what cannot be an assertion
 */
export function readClaimedClient(assertion: string): string | undefined {
  const [, payload, , more] = assertion.length > MAX_ASSERTION_LENGTH ? [] : assertion.split('.')
  if (payload === undefined || more !== undefined) return undefined
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), character =>
      character.charCodeAt(0),
    )
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    const subject: unknown = Object.hasOwn(Object(claims), 'sub')
      ? Reflect.get(Object(claims), 'sub')
      : undefined
    return typeof subject === 'string' ? subject : undefined
  } catch {
    return undefined
  }
}

/** Builds the check once; each call goes through the rules of RFC 7523 section 3. */
export function createVerifyClientAssertion(settings: ClientAssertionSettings): VerifyClientAssertion {
  const findKeySet = createKeySets(settings)
  return async (assertion, type, client) => {
    if (type !== ASSERTION_TYPE) return 'assertion_type_unsupported'
    const { jwks, jwksUri, algorithms = REMOTE_ALGORITHMS, clientId } = client
    const key: VerificationKeyInput | undefined =
      jwks ?? (jwksUri === undefined ? undefined : findKeySet(jwksUri))
    if (key === undefined) return 'client_without_keys'
    try {
      const { header, payload } = await verifyJwt(assertion, key, {
        issuer: clientId,
        audience: settings.audience,
        algorithms,
        clock: settings.clock,
        clockToleranceSeconds: settings.clockToleranceSeconds,
        maxLength: MAX_ASSERTION_LENGTH,
      })
      return findClaimProblem(header, payload, client, settings) ?? (await reserve(payload, client, settings))
    } catch (error) {
      if (error instanceof InvalidTokenError) return error.code
      throw error
    }
  }
}

function findClaimProblem(
  { typ }: JwsHeader,
  payload: JsonObject,
  { clientId }: ClientRecord,
  { clock, maxAgeSeconds, clockToleranceSeconds }: ClientAssertionSettings,
): string | undefined {
  const claims = new Map(Object.entries(payload))
  const [audience, id, exp] = [claims.get('aud'), claims.get('jti'), claims.get('exp')]
  const type = typ?.toLowerCase().replace(/^application\//, '')
  if (type !== undefined && !TYPES.includes(type)) return 'token_type_invalid'
  if (claims.get('sub') !== clientId) return 'assertion_subject_mismatch'
  // an assertion for several servers could be passed on by one of them
  if (Array.isArray(audience) && audience.length !== 1) return 'token_audience_mismatch'
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID_LENGTH) return 'assertion_id_invalid'
  const latest = clock() / 1000 + maxAgeSeconds + clockToleranceSeconds
  return typeof exp === 'number' && exp <= latest ? undefined : 'assertion_lives_too_long'
}

/** RFC 7523 section 3 point 7: of any number of senders of one assertion, one passes. */
async function reserve(
  payload: JsonObject,
  { clientId }: ClientRecord,
  { oneTime, box, clock, random, clockToleranceSeconds }: ClientAssertionSettings,
): Promise<string | undefined> {
  const { outcome } = await oneTime.reserve({
    namespace: NAMESPACE,
    // by client: nobody can use up the id of an assertion of somebody else
    key: box.hash(`${clientId}\n${String(payload['jti'])}`),
    holder: randomText(random, 16),
    expiresAt: Math.ceil(Number(payload['exp']) + clockToleranceSeconds) * 1000 + GUARD_MARGIN_MS,
    now: clock(),
  })
  return outcome === 'reserved' ? undefined : 'assertion_replayed'
}

/** One set of keys for each URL, so that its cache and its pauses count for every request. */
function createKeySets({ keySet, clock }: ClientAssertionSettings): (url: string) => RemoteJwkSet {
  const sets = new Map<string, RemoteJwkSet>()
  return url => {
    const known = sets.get(url)
    if (known !== undefined) return known
    const [oldest] = sets.keys()
    if (sets.size >= MAX_KEY_SETS && oldest !== undefined) sets.delete(oldest)
    const created = createRemoteJwkSet({ ...keySet, url, clock })
    sets.set(url, created)
    return created
  }
}
