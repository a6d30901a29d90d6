import {
  type AccessTokenPrincipal,
  type ApiKeyPrincipal,
  AuthError,
  type Confirmation,
  type IntrospectedRefreshToken,
  type OpaqueTokenPrincipal,
  type SessionPrincipal,
  StoreError,
} from '@authcore/core'
import type { AnyAuthCore } from '../routes/route.js'
import { numericDateMember, toNumericDate } from '../wire.js'
import { isRefreshToken } from './is-refresh-token.js'
import type { AuthenticatedClient } from './oauth-clients.js'

/** What is told of a token that is active, in the words of RFC 7662 section 2.2, without `active` itself. */
export type IntrospectedToken = Readonly<Record<string, unknown>>

type AnyAccessToken = AccessTokenPrincipal<string, string, unknown>
type AnyOpaqueToken = OpaqueTokenPrincipal<string, string, unknown>
type AnyRefreshToken = IntrospectedRefreshToken<string, string, unknown>

/**
 * Finds out what a token of any kind stands for, as far as this client may know. Using an API key or a session is what
 * these are told for: it spends a use of a key with limited uses and keeps a session from idling out. Nothing else is
 * changed by it.
 * @returns `undefined` for a token that is not active, or of another client
 * @throws StoreError when that cannot be told
 */
export async function introspectToken(
  auth: AnyAuthCore,
  token: string,
  { clientId, introspects = 'own' }: AuthenticatedClient,
): Promise<IntrospectedToken | undefined> {
  const isOwn = (owner: string | undefined) => introspects === 'any' || owner === clientId
  // these are used by whoever is handed them, and no client was issued any
  if (auth.apiKeys.isApiKey(token)) {
    return introspects === 'any'
      ? orInactive(async () => fromApiKey(await auth.apiKeys.verify(token), auth.issuer))
      : undefined
  }
  if (auth.sessions.isSessionToken(token)) {
    return introspects === 'any'
      ? orInactive(async () => fromSession(await auth.sessions.verify(token), auth.issuer))
      : undefined
  }
  if (isRefreshToken(token)) {
    const found = await auth.sessions.introspect(token)
    return found && isOwn(found.session.clientId) ? fromRefreshToken(found, auth.issuer) : undefined
  }
  if (auth.opaqueTokens?.isOpaqueToken(token)) {
    const found = await auth.opaqueTokens.introspect?.(token)
    return found && isOwn(found.clientId) ? fromAccessToken(found, auth.issuer) : undefined
  }
  const found = await auth.accessTokens.introspect(token)
  return found && isOwn(found.clientId) ? fromAccessToken(found, found.issuer) : undefined
}

/** RFC 7662 section 2.2 with the members of RFC 9068 section 2.2, RFC 8705 section 3.2 and RFC 9449 section 6.2. */
function fromAccessToken(principal: AnyAccessToken | AnyOpaqueToken, issuer: string): IntrospectedToken {
  const { subject, scope, roles, confirmation, issuedAt, expiresAt, claims } = principal
  return {
    // before the others: a private claim must not stand for a registered one
    ...Object(claims),
    ...rightsMembers(scope, roles),
    ...optionalMembers({ client_id: principal.clientId, sid: principal.sessionId, acr: principal.acr }),
    ...optionalMembers({ jti: principal.tokenId, amr: principal.amr, aud: toAudience(principal) }),
    ...numericDateMember('auth_time', principal.authenticatedAt),
    ...numericDateMember('exp', expiresAt),
    ...confirmationMembers(confirmation),
    iss: issuer,
    sub: subject,
    iat: toNumericDate(issuedAt),
    token_type: confirmation?.jkt === undefined ? 'Bearer' : 'DPoP',
  }
}

/** `token_type` says what it is, so that no resource server takes it for an access token. */
function fromRefreshToken(
  { session, expiresAt, confirmation }: AnyRefreshToken,
  issuer: string,
): IntrospectedToken {
  return {
    ...rightsMembers(session.scope, session.roles),
    ...optionalMembers({ client_id: session.clientId, acr: session.acr }),
    ...(session.amr.length > 0 && { amr: session.amr }),
    ...confirmationMembers(confirmation),
    iss: issuer,
    sub: session.subject,
    sid: session.id,
    auth_time: toNumericDate(session.authenticatedAt),
    iat: toNumericDate(session.lastUsedAt),
    exp: toNumericDate(expiresAt),
    token_type: 'refresh_token',
  }
}

function fromSession(session: SessionPrincipal<string, string, unknown>, issuer: string): IntrospectedToken {
  const { subject, sessionId, scope, roles, claims, amr, acr, clientId } = session
  return {
    ...Object(claims),
    ...rightsMembers(scope, roles),
    ...optionalMembers({ client_id: clientId, acr }),
    ...(amr.length > 0 && { amr }),
    iss: issuer,
    sub: subject,
    sid: sessionId,
    auth_time: toNumericDate(session.authenticatedAt),
    iat: toNumericDate(session.issuedAt),
    exp: toNumericDate(session.expiresAt),
    token_type: 'session_token',
  }
}

async function orInactive(
  introspect: () => Promise<IntrospectedToken>,
): Promise<IntrospectedToken | undefined> {
  try {
    return await introspect()
  } catch (error) {
    if (error instanceof AuthError && !(error instanceof StoreError)) return undefined
    throw error
  }
}

function fromApiKey({ subject, apiKeyId, scope, issuedAt, expiresAt }: ApiKeyPrincipal, issuer: string) {
  return {
    ...rightsMembers(scope, []),
    ...numericDateMember('exp', expiresAt),
    iss: issuer,
    sub: subject,
    jti: apiKeyId,
    iat: toNumericDate(issuedAt),
    token_type: 'api_key',
  }
}

function rightsMembers(scope: readonly string[], roles: readonly string[]): IntrospectedToken {
  return { ...(scope.length > 0 && { scope: scope.join(' ') }), ...(roles.length > 0 && { roles }) }
}

function confirmationMembers(confirmation: Confirmation | undefined): IntrospectedToken {
  return confirmation === undefined ? {} : { cnf: confirmation }
}

function optionalMembers(members: IntrospectedToken): IntrospectedToken {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

function toAudience(principal: AnyAccessToken | AnyOpaqueToken): string | readonly string[] | undefined {
  const audience = 'audience' in principal ? principal.audience : undefined
  return audience?.length === 1 ? audience[0] : audience
}
