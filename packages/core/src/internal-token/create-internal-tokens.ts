import { toClaims } from '../access-token/access-token-claims.js'
import type { Grant } from '../access-token/grant.js'
import { validateInteger, validateText } from '../arguments.js'
import type { Context } from '../context.js'
import { InvalidRequestError } from '../errors.js'
import { copyJsonObject, type JsonObject } from '../json.js'
import { encodeBase64url } from '../jws/base64url.js'
import { createJwsSigner } from '../jws/sign.js'
import { ownMembers } from '../own-members.js'
import type { Principal } from '../principal.js'
import type { KeyRing } from '../signing-key/create-signing-keys.js'
import type { InternalTokens, IssueInternalTokenOptions } from './internal-tokens.js'

/** `typ` of the header. */
export const INTERNAL_TOKEN_TYPE = 'internal+jwt'

const DEFAULT_TTL_SECONDS = 60
const MAX_TTL_SECONDS = 300
const MAX_CLAIMS_LENGTH = 8192

/** Creates the internal tokens of one deployment, signed by its key ring. */
export function createInternalTokens(context: Context, keyRing: KeyRing): InternalTokens {
  const { settings } = context
  return Object.freeze({
    async issue(givenPrincipal, givenOptions) {
      const principal = ownMembers(givenPrincipal)
      const { audience, ttlSeconds } = parseOptions(givenOptions)
      const issuedAt = context.instants.issuing()
      const latestExpiresAt = principal.expiresAt ?? Number.POSITIVE_INFINITY
      const expiresAt = Math.floor(Math.min(issuedAt + ttlSeconds * 1000, latestExpiresAt) / 1000) * 1000
      const key = await keyRing.findSigningKey()
      const claims = toClaims(toGrant(principal), {
        issuer: settings.issuer,
        audience,
        tokenId: encodeBase64url(settings.random(16)),
        issuedAt,
        expiresAt,
        ...sessionOf(principal),
      })
      const internalToken = await createJwsSigner(key, { typ: INTERNAL_TOKEN_TYPE })(JSON.stringify(claims))
      return Object.freeze({ internalToken, expiresAt })
    },
  } satisfies InternalTokens)
}

function parseOptions(given: IssueInternalTokenOptions): { audience: readonly string[]; ttlSeconds: number } {
  const { audience, ttlSeconds = DEFAULT_TTL_SECONDS } = ownMembers(
    Object(given) as IssueInternalTokenOptions,
  )
  const list: readonly unknown[] = Array.isArray(audience) ? audience : [audience]
  if (list.length === 0 || list.length > 64) {
    throw new InvalidRequestError('argument_invalid', { detail: 'audience must name 1 to 64 services.' })
  }
  return {
    audience: list.map(name => validateText(name, 'audience', 2048)),
    ttlSeconds: validateInteger(ttlSeconds, 'ttlSeconds', 1, MAX_TTL_SECONDS),
  }
}

/** Everything here was verified; it is not checked against the options again. */
function toGrant(principal: Principal<string, string, unknown>): Grant {
  const { subject, scope, roles, method } = principal
  const own: Readonly<Record<string, unknown>> = { ...principal }
  return ownMembers({
    subject: validateText(subject, 'subject'),
    scope,
    roles,
    claims: { ...toClaimsObject(own['claims']), auth_method: method },
    ...(typeof own['clientId'] === 'string' && { clientId: own['clientId'] }),
    ...(typeof own['authenticatedAt'] === 'number' && { authenticatedAt: own['authenticatedAt'] }),
    ...(Array.isArray(own['amr']) && own['amr'].length > 0 && { amr: own['amr'] }),
    ...(typeof own['acr'] === 'string' && { acr: own['acr'] }),
  })
}

/** A schema may have made of the claims what JSON cannot hold. */
function toClaimsObject(claims: unknown): JsonObject {
  if (claims === undefined) return {}
  const copy = copyJsonObject(claims, MAX_CLAIMS_LENGTH)
  if (copy !== undefined) return copy
  throw new InvalidRequestError('argument_invalid', {
    detail: `The claims of the principal must be plain JSON of at most ${MAX_CLAIMS_LENGTH} characters.`,
  })
}

function sessionOf(principal: Principal<string, string, unknown>): { sessionId?: string } {
  return 'sessionId' in principal && principal.sessionId !== undefined
    ? { sessionId: principal.sessionId }
    : {}
}
