import { AuthError, type CookieSession, InvalidRequestError, type SessionTokens } from '@authcore/core'
import { createOptionReader } from '@authcore/core/extension'
import type { AnyPrincipal, AuthHost } from '../auth-host.js'
import { isText } from '../text.js'
import { failurePage, PAGE_HEADERS, publicCodeOf } from './failure-page.js'
import type { FinishedSignIn, SignIn } from './sign-in.js'
import type { RequestHeaders } from './state-cookie.js'

/** Routes for `authRoutes(auth, { extensions })` of any framework. */
export interface OAuthRoutes {
  readonly routes: readonly OAuthRoute[]
}

/** One route, in the shape that `@authcore/http` serves. */
export interface OAuthRoute {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly policy?: { readonly methods: readonly LinkMethod[]; readonly maxAgeSeconds?: number }
  readonly sameOrigin?: boolean
  handle(call: OAuthRouteCall): Promise<OAuthRouteAnswer>
}

/** One request. */
export interface OAuthRouteCall {
  readonly principal?: AnyPrincipal
  readonly url: string
  readonly headers: RequestHeaders
  readonly ip?: string
  readonly id: string
  readBody(): Promise<Readonly<Record<string, unknown>>>
}

/** What is answered; `body` becomes JSON, `text` is sent as it stands. */
export interface OAuthRouteAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: unknown
  readonly text?: { readonly mediaType: string; readonly content: string }
}

type LinkMethod = 'session' | 'access_token'

/** How a sign-in by routes ends. */
export interface OAuthRoutesOptions {
  /** What `createAuthCore` returned. */
  readonly auth: AuthHost
  /**
   * `createSessionCookie()` of `@authcore/http`: the sign-in starts a session by cookie and leads back to where it
   * began.
   */
  readonly sessionCookie?: { issue(started: CookieSession<string, string, unknown>): string }
  /**
   * `createRefreshCookie()` of `@authcore/http`: the sign-in starts a session whose refresh token stands in that cookie,
   * and leads back. Without either cookie the tokens are the answer, as JSON.
   */
  readonly refreshCookie?: { issue(tokens: SessionTokens<string, string, unknown>): string }
  /** Only this client can refresh the session. */
  readonly clientId?: string
  /** Where a sign-in that failed leads, with `?error=<code>`: an absolute URL. A plain page unless told. */
  readonly failureUrl?: string
  /** Who may link and unlink: `['session']` or `['access_token']`, or both; `session` with `sessionCookie` unless told. */
  readonly ownerMethods?: readonly LinkMethod[]
  /** How recent the login of an owner must be to link or unlink: 30 to 86,400 seconds, 300 unless told. */
  readonly freshLoginSeconds?: number
}

type SessionCookie = NonNullable<OAuthRoutesOptions['sessionCookie']>
type RefreshCookie = NonNullable<OAuthRoutesOptions['refreshCookie']>

interface Settings {
  readonly auth: AuthHost
  readonly sessionCookie: OAuthRoutesOptions['sessionCookie']
  readonly refreshCookie: OAuthRoutesOptions['refreshCookie']
  readonly clientId: string | undefined
  readonly failureUrl: string | undefined
  readonly policy: NonNullable<OAuthRoute['policy']>
}

/** What a provider may send back, in characters. */
const MAX_ANSWER = 8192

/**
 * Prepares the routes below `/oauth/<provider>` and `/identities`.
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function oauthRoutes(signIn: SignIn, options: OAuthRoutesOptions): OAuthRoutes {
  const settings = parseOptions(options)
  const routes = [
    authorizeRoute(signIn),
    callbackRoute(signIn, settings, 'GET'),
    callbackRoute(signIn, settings, 'POST'),
    linkRoute(signIn, settings),
    listRoute(signIn, settings),
    unlinkRoute(signIn, settings),
  ]
  return Object.freeze({ routes: Object.freeze(routes.map(route => Object.freeze(route))) })
}

function authorizeRoute(signIn: SignIn): OAuthRoute {
  return {
    method: 'GET',
    path: '/oauth/:id/authorize',
    handle: async ({ id, url, headers }) => {
      const returnTo = readReturnTo(queryOf(url))
      const started = await signIn.start(id, { headers, ...(returnTo !== undefined && { returnTo }) })
      return redirect(started.authorizationUrl, started.cookie)
    },
  }
}

/** By POST comes the answer of a provider that sends a form (OAuth 2.0 Form Post Response Mode). */
function callbackRoute(signIn: SignIn, settings: Settings, method: 'GET' | 'POST'): OAuthRoute {
  return {
    method,
    path: '/oauth/:id/callback',
    handle: async call => {
      const { id, headers, ip } = call
      try {
        const parameters = method === 'GET' ? queryOf(call.url) : formOf(await call.readBody())
        const finished = await signIn.finish(id, { headers, parameters, ...(ip !== undefined && { ip }) })
        return await toAnswer(finished, settings)
      } catch (error) {
        return toFailure(error, headers, settings)
      }
    },
  }
}

/** By POST from the own pages: a link that somebody else's page could start would add their identity to this account. */
function linkRoute(signIn: SignIn, { policy }: Settings): OAuthRoute {
  return {
    method: 'POST',
    path: '/oauth/:id/link',
    policy,
    sameOrigin: policy.methods.includes('session'),
    handle: async ({ id, principal, headers, readBody }) => {
      const { subject, sessionId } = requireOwner(principal)
      const { return_to: returnTo } = await readBody()
      if (returnTo !== undefined && typeof returnTo !== 'string')
        throw new InvalidRequestError('return_to_refused')
      const started = await signIn.start(id, {
        headers,
        link: { subject, ...(sessionId !== undefined && { sessionId }) },
        ...(returnTo !== undefined && { returnTo }),
      })
      return {
        status: 200,
        headers: { 'set-cookie': started.cookie },
        body: { authorization_url: started.authorizationUrl },
      }
    },
  }
}

function listRoute(signIn: SignIn, { policy: { methods } }: Settings): OAuthRoute {
  return {
    method: 'GET',
    path: '/identities',
    policy: { methods },
    handle: async ({ principal }) => {
      const identities = await signIn.listIdentities(requireOwner(principal).subject)
      const body = identities.map(({ id, provider, issuer, label, linkedAt }) => ({
        id,
        provider,
        issuer,
        ...(label !== undefined && { label }),
        linked_at: Math.floor(linkedAt / 1000),
      }))
      return { status: 200, body: { identities: body } }
    },
  }
}

function unlinkRoute(signIn: SignIn, { policy }: Settings): OAuthRoute {
  return {
    method: 'DELETE',
    path: '/identities/:id',
    policy,
    sameOrigin: policy.methods.includes('session'),
    handle: async ({ principal, id }) => {
      // ids are hashes; other text names nothing, and no store is asked
      const isId = /^[A-Za-z0-9_-]{43}$/.test(id)
      const { subject } = requireOwner(principal)
      const { found } = isId ? await signIn.unlink(subject, id) : { found: false }
      if (!found) throw new InvalidRequestError('identity_not_found')
      return { status: 204 }
    },
  }
}

function requireOwner(principal: AnyPrincipal | undefined): {
  readonly subject: string
  readonly sessionId?: string
} {
  if (principal?.method === 'session') return principal
  if (principal?.method !== 'access_token') throw new InvalidRequestError('credentials_missing')
  const { subject, sessionId } = principal
  return { subject, ...(sessionId !== undefined && { sessionId }) }
}

async function toAnswer(finished: FinishedSignIn, settings: Settings): Promise<OAuthRouteAnswer> {
  const { returnTo, clearCookie } = finished
  if (finished.outcome === 'linked') return redirect(returnTo, clearCookie)
  const { auth, sessionCookie, refreshCookie, clientId } = settings
  const start = { ...finished.session, ...(clientId !== undefined && { clientId }) }
  if (sessionCookie !== undefined) {
    const started = await auth.sessions.startCookie(start)
    return redirect(returnTo, clearCookie, sessionCookie.issue(started))
  }
  const tokens = await auth.sessions.start(start)
  if (refreshCookie !== undefined) return redirect(returnTo, clearCookie, refreshCookie.issue(tokens))
  return {
    status: 200,
    headers: { ...PAGE_HEADERS, 'set-cookie': [clearCookie] },
    body: {
      access_token: tokens.accessToken,
      token_type: tokens.tokenType,
      expires_in: tokens.expiresInSeconds,
      refresh_token: tokens.refreshToken,
      scope: tokens.scope.join(' '),
    },
  }
}

function redirect(location: string, ...cookies: readonly string[]): OAuthRouteAnswer {
  return { status: 303, headers: { ...PAGE_HEADERS, location, 'set-cookie': cookies } }
}

/** A browser sees a page; whoever asked for something else gets the problem from the table of errors. */
function toFailure(error: unknown, headers: RequestHeaders, { failureUrl }: Settings): OAuthRouteAnswer {
  if (!(error instanceof AuthError)) throw error
  if (!readsHtml(headers)) throw error
  if (failureUrl === undefined) return failurePage(error)
  const url = new URL(failureUrl)
  url.searchParams.set('error', publicCodeOf(error))
  return { status: 303, headers: { ...PAGE_HEADERS, location: url.href } }
}

function readsHtml(headers: RequestHeaders): boolean {
  const accept = Object.hasOwn(headers, 'accept') ? headers['accept'] : undefined
  return String(accept).toLowerCase().includes('text/html')
}

function queryOf(url: string): URLSearchParams {
  const start = url.indexOf('?')
  const query = start < 0 ? '' : url.slice(start + 1).replace(/#.*$/s, '')
  if (query.length > MAX_ANSWER) throw new InvalidRequestError('request_url_too_long')
  return new URLSearchParams(query)
}

function readReturnTo(query: URLSearchParams): string | undefined {
  const [returnTo, second] = query.getAll('return_to')
  if (second !== undefined) throw new InvalidRequestError('return_to_refused')
  return returnTo
}

/** The body has passed the limit of the routes. */
function formOf(body: Readonly<Record<string, unknown>>): URLSearchParams {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(body)) {
    if (typeof value === 'string') parameters.append(name, value)
  }
  return parameters
}

const OWNER_METHODS: readonly unknown[] = ['session', 'access_token']

function parseOptions(options: OAuthRoutesOptions): Settings {
  const reader = createOptionReader(options)
  const auth = reader.read('auth')
  if (!isHost(auth)) reader.refuse('auth', 'must be what createAuthCore returned')
  const sessionCookie = reader.value(
    'sessionCookie',
    isCookie<SessionCookie>,
    'what createSessionCookie returned',
  )
  const refreshCookie = reader.value(
    'refreshCookie',
    isCookie<RefreshCookie>,
    'what createRefreshCookie returned',
  )
  if (sessionCookie !== undefined && refreshCookie !== undefined) {
    reader.refuse('refreshCookie', 'must be left out beside sessionCookie: a sign-in starts one session')
  }
  const clientId = reader.value('clientId', isClientId, '1 to 255 characters of text')
  const failureUrl = reader.value('failureUrl', isFailureUrl, 'an absolute http or https URL')
  const methods =
    reader.value('ownerMethods', isOwnerMethods, "an array of 'session' and 'access_token'") ??
    (sessionCookie === undefined ? (['access_token'] as const) : (['session'] as const))
  const maxAgeSeconds = reader.integer('freshLoginSeconds', 30, 86_400, 300)
  reader.finish()
  if (!isHost(auth)) throw new InvalidRequestError('argument_invalid')
  return { auth, sessionCookie, refreshCookie, clientId, failureUrl, policy: { methods, maxAgeSeconds } }
}

function isHost(value: unknown): value is AuthHost {
  return typeof Reflect.get(Object(Reflect.get(Object(value), 'sessions')), 'start') === 'function'
}

function isCookie<Cookie>(value: unknown): value is Cookie {
  return typeof Reflect.get(Object(value), 'issue') === 'function'
}

function isClientId(value: unknown): value is string {
  return isText(value, 255)
}

function isFailureUrl(value: unknown): value is string {
  if (!isText(value, 1024) || !URL.canParse(value)) return false
  return ['https:', 'http:'].includes(new URL(value).protocol)
}

function isOwnerMethods(value: unknown): value is readonly LinkMethod[] {
  return Array.isArray(value) && value.length > 0 && value.every(method => OWNER_METHODS.includes(method))
}
