import type { HeldDeployment } from './deployments.js'

const USER = { subject: 'user-1', scope: ['read', 'write'], roles: ['editor'] } as const

/** Texts that rows of the table name in braces, such as `{token}`; `seconds` of the clock pass while they are made. */
export type AdapterCredentials = Readonly<Record<string, string>>

/** Issues every credential of the basic rows anew, so that no row depends on another. */
export async function issueCredentials(deployment: HeldDeployment): Promise<AdapterCredentials> {
  const old = await issueOld(deployment)
  return {
    ...old,
    ...(await issueTokens(deployment)),
    ...(await issueSessions(deployment)),
    ...(await issueApiKeys(deployment)),
    ...(await issueForeign(deployment)),
  }
}

/** What has run out by now, or was replaced a while ago. */
async function issueOld({ auth, advance }: HeldDeployment): Promise<AdapterCredentials> {
  const expired = await auth.accessTokens.issue(USER)
  const expiredKey = await auth.apiKeys.issue({ ownerId: 'user-1', name: 'old', expiresInSeconds: 60 })
  const first = await auth.sessions.start(USER)
  await auth.sessions.refresh(first.refreshToken)
  const stale = await auth.sessions.start({ subject: 'user-1', scope: ['read'] })
  advance(1000)
  const { accessToken } = await auth.sessions.refresh(stale.refreshToken)
  return {
    expiredToken: expired.accessToken,
    expiredApiKey: expiredKey.apiKey,
    reusedRefreshToken: first.refreshToken,
    staleToken: accessToken,
  }
}

async function issueTokens({ auth }: HeldDeployment): Promise<AdapterCredentials> {
  const weak = await auth.accessTokens.issue({ subject: 'user-2', scope: ['read'] })
  const bare = await auth.accessTokens.issue({ subject: 'user-3' })
  const revoked = await auth.accessTokens.issue(USER)
  await auth.revocation.revokeToken(revoked.accessToken)
  const elsewhere = await auth.accessTokens.issue({ ...USER, subject: 'user-1' })
  const [header = '', payload = '', signature = ''] = elsewhere.accessToken.split('.')
  return {
    weakToken: weak.accessToken,
    bareToken: bare.accessToken,
    revokedToken: revoked.accessToken,
    tamperedToken: `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
    swappedToken: `${header}.${weak.accessToken.split('.')[1] ?? ''}.${signature}`,
    // {"alg":"none","typ":"at+jwt"}
    unsignedToken: `eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.${payload}.`,
    truncatedToken: `${header}.${payload}`,
    lowerCaseToken: elsewhere.accessToken.toLowerCase(),
  }
}

async function issueSessions({ auth }: HeldDeployment): Promise<AdapterCredentials> {
  const login = await auth.sessions.start({ ...USER, amr: ['pwd'], label: 'Laptop' })
  const other = await auth.sessions.start({ subject: 'user-9' })
  const ended = await auth.sessions.start(USER)
  await auth.sessions.revoke(ended.session.id)
  const bound = await auth.sessions.start({ ...USER, clientId: 'app' })
  return {
    token: login.accessToken,
    refreshToken: login.refreshToken,
    sessionId: login.session.id,
    otherSessionId: other.session.id,
    endedToken: ended.accessToken,
    endedRefreshToken: ended.refreshToken,
    boundRefreshToken: bound.refreshToken,
  }
}

async function issueApiKeys({ auth }: HeldDeployment): Promise<AdapterCredentials> {
  const issue = async (more: object = {}) =>
    auth.apiKeys.issue({ ownerId: 'user-1', name: 'ci', scope: ['read'], ...more })
  const key = await issue()
  const strong = await issue({ scope: ['read', 'write'] })
  const other = await issue({ ownerId: 'user-9' })
  const revoked = await issue()
  await auth.apiKeys.revoke(revoked.record.id)
  const disabled = await issue()
  await auth.apiKeys.update(disabled.record.id, { disabled: true })
  const future = await issue({ notBeforeAt: auth.clock() + 60_000 })
  const spent = await issue({ remainingUses: 1 })
  await auth.apiKeys.verify(spent.apiKey)
  const last = await issue({ remainingUses: 1 })
  return {
    apiKey: key.apiKey,
    apiKeyId: key.record.id,
    strongApiKey: strong.apiKey,
    otherApiKeyId: other.record.id,
    revokedApiKey: revoked.apiKey,
    disabledApiKey: disabled.apiKey,
    futureApiKey: future.apiKey,
    spentApiKey: spent.apiKey,
    lastUseApiKey: last.apiKey,
    // the last character is of the checksum
    mistypedApiKey: key.apiKey.slice(0, -1) + (key.apiKey.endsWith('0') ? '1' : '0'),
    lowerCaseApiKey: key.apiKey.toLowerCase(),
  }
}

async function issueForeign({ stranger }: HeldDeployment): Promise<AdapterCredentials> {
  const login = await stranger.sessions.start(USER)
  const key = await stranger.apiKeys.issue({ ownerId: 'user-1', name: 'ci', scope: ['read'] })
  return {
    foreignToken: login.accessToken,
    foreignRefreshToken: login.refreshToken,
    foreignApiKey: key.apiKey,
  }
}

/** Puts credentials in the places that a text names; braces around anything else stay. */
export function fillIn(text: string, credentials: AdapterCredentials): string {
  return text.replace(/\{(\w+)\}/g, (braces, name: string) => credentials[name] ?? braces)
}
