import { validateGrant } from '../access-token/grant.js'
import { issueAccessToken } from '../access-token/issue-access-token.js'
import { validateOptionalText } from '../arguments.js'
import { InvalidRequestError } from '../errors.js'
import { encodeBase64url } from '../jws/base64url.js'
import type { SessionRecord } from '../ports/session-store.js'
import {
  encodeGrant,
  formatRefreshToken,
  NONCE_LENGTH,
  type RefreshGrant,
  SESSION_ID_LENGTH,
} from './refresh-token.js'
import type { SessionContext } from './session-context.js'
import { toGrant, toSessionTokens } from './session-tokens.js'
import type { SessionTokens, StartSessionOptions } from './sessions.js'

const MAX_LABEL = 200

/** Stores a new session and issues its first pair of tokens. */
export async function startSession(
  options: StartSessionOptions<string, string, unknown>,
  context: SessionContext,
): Promise<SessionTokens> {
  const { settings, backend, secrets, stores, instants, keyRing, emit } = context
  const grant = await validateGrant(options, settings)
  const label = validateOptionalText(options.label, 'label', MAX_LABEL)
  // read before the store is asked: a "sign out everywhere" that races with this refuses what comes of it
  const issuedAt = instants.issuing()
  const authenticatedAt = grant.authenticatedAt ?? issuedAt
  if (authenticatedAt > issuedAt) {
    throw new InvalidRequestError('argument_invalid', {
      detail: 'authenticatedAt must not be in the future.',
    })
  }
  const refreshGrant: RefreshGrant = {
    subject: grant.subject,
    ...(grant.clientId !== undefined && { clientId: grant.clientId }),
    scope: grant.scope,
    ...(grant.confirmation !== undefined && { confirmation: grant.confirmation }),
    startedAt: issuedAt,
  }
  const sessionId = encodeBase64url(settings.random(SESSION_ID_LENGTH))
  const refreshToken = formatRefreshToken(
    { sessionId, generation: 0, nonce: settings.random(NONCE_LENGTH), grant: encodeGrant(refreshGrant) },
    secrets.current,
    backend,
  )
  const key = await keyRing.findSigningKey()
  const absoluteExpiresAt = issuedAt + settings.session.absoluteSeconds * 1000
  const session: SessionRecord = Object.freeze({
    id: sessionId,
    subject: grant.subject,
    ...(grant.clientId !== undefined && { clientId: grant.clientId }),
    scope: grant.scope,
    roles: grant.roles,
    claims: grant.claims,
    amr: grant.amr ?? [],
    ...(grant.acr !== undefined && { acr: grant.acr }),
    ...(grant.confirmation !== undefined && { confirmation: grant.confirmation }),
    ...(label !== undefined && { label }),
    createdAt: issuedAt,
    authenticatedAt,
    lastUsedAt: issuedAt,
    idleExpiresAt: Math.min(issuedAt + settings.session.idleSeconds * 1000, absoluteExpiresAt),
    absoluteExpiresAt,
    generation: 0,
    currentHash: encodeBase64url(backend.sha256(refreshToken)),
  })
  await stores.sessions.insert({ session, now: issuedAt })
  const issued = await issueAccessToken(
    toGrant(session, grant.scope),
    { key, issuedAt, sessionId, latestExpiresAt: session.idleExpiresAt },
    context,
  )
  emit('session.started', {
    subject: grant.subject,
    sessionId,
    ...(grant.clientId !== undefined && { clientId: grant.clientId }),
  })
  return toSessionTokens(session, grant.scope, issued, refreshToken)
}
