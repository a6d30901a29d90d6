import {
  type AuthCore,
  type AuthCoreOptions,
  type AuthEvent,
  createAuthCore,
  type Stores,
} from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { type AuthRoutes, createAuthRoutes, createHttpAuth, createSessionCookie } from '@authcore/http'
import {
  type CreateSignInOptions,
  createIdentityDirectory,
  createSignIn,
  type IdentityDirectoryOptions,
  type OAuthRoutesOptions,
  type OutboundCommand,
  type OutboundResponse,
  type OutboundTransport,
  oauthRoutes,
  openIdProvider,
} from '../../src/index.js'
import { transport } from '../../src/outbound/node.js'
import { CLIENT } from './open-id-server.js'

export const SECRET = 'x7Jr2mQe9ZtV4bNc8LwKp1Ys6HdFg3AuTqRk5MvXn0E'
export const NEXT_SECRET = 'q9Kp4vXe2ZtR7bNc1LwMs6Ya3HdFg8JuTqVk5QoWn0D'
export const BASE = 'https://shop.example.com/auth'
export const CALLBACK = `${BASE}/oauth/op/callback`

/** A clock that only the test moves; it begins now, for the provider has no other. */
export function holdClock() {
  let now = Date.now()
  return Object.assign(() => now, {
    advance: (seconds: number) => {
      now += seconds * 1000
    },
  })
}

/** Changes what a provider answers; `undefined` leaves it as it is. */
export type Tamper = (
  command: OutboundCommand,
  send: () => Promise<OutboundResponse>,
) => Promise<OutboundResponse> | undefined

export type DeployOptions = Partial<Omit<CreateSignInOptions, 'auth'>> & {
  readonly issuer?: string
  readonly stores?: Stores
  readonly core?: Partial<AuthCoreOptions>
  readonly directory?: Partial<IdentityDirectoryOptions>
  readonly routes?: Partial<OAuthRoutesOptions>
  readonly clock?: ReturnType<typeof holdClock>
}

/** A deployment that signs in with the provider at `issuer`. */
export function deploy(options: DeployOptions = {}) {
  const {
    issuer,
    core,
    directory,
    routes: routeOptions,
    clock = holdClock(),
    stores = memoryStores(),
  } = options
  const events: AuthEvent[] = []
  const accounts: { readonly subject: string; readonly email?: string }[] = []
  const tampering: { with?: Tamper } = {}
  const auth = createAuthCore({
    issuer: 'https://shop.example.com',
    audience: 'https://shop.example.com',
    secrets: [SECRET],
    stores,
    clock,
    events: event => events.push(event),
    accessToken: { algorithm: 'EdDSA' },
    ...core,
  })
  const send: OutboundTransport = command =>
    tampering.with?.(command, () => transport(command)) ?? transport(command)
  const identities = createIdentityDirectory({
    auth,
    createAccount: async ({ subject, profile: { email } }) => {
      if (!accounts.some(account => account.subject === subject)) {
        accounts.push({ subject, ...(email !== undefined && { email }) })
      }
      return { outcome: 'created' }
    },
    findByVerifiedEmail: async email => accounts.find(account => account.email === email),
    ...directory,
  })
  const signIn = createSignIn({
    baseUrl: BASE,
    providers: { op: openIdProvider({ issuer: issuer ?? 'https://op.example.com', ...CLIENT }) },
    accounts: identities,
    ...pickSignIn(options),
    auth,
    outbound: { allowLoopback: true, transport: send, ...options.outbound },
  })
  const sessionCookie = createSessionCookie()
  const routes = createAuthRoutes(
    { ...auth, ...createHttpAuth(auth, { sessionCookie: {} }) },
    { extensions: [oauthRoutes(signIn, { auth, sessionCookie, ...routeOptions })] },
  )
  const eventsOf = (type: AuthEvent['type']) => events.filter(event => event.type === type)
  return { auth, clock, events, eventsOf, accounts, identities, signIn, routes, stores, tampering }
}

export type Deployment = ReturnType<typeof deploy>

function pickSignIn({ issuer, stores, core, directory, routes, clock, ...signIn }: DeployOptions) {
  return signIn
}

/** What a browser does: it keeps cookies and follows redirects, between our routes and a provider on loopback. */
export function openBrowser({ routes }: { readonly routes: Pick<AuthRoutes, 'handle'> }) {
  const own = new Map<string, string>()
  const foreign = new Map<string, string>()

  const request = async (
    method: string,
    url: string,
    { form, headers = {} }: { form?: Record<string, string>; headers?: Record<string, string> } = {},
  ) => {
    const target = new URL(url, BASE)
    const answer = await routes.handle({
      method,
      url: target.href,
      path: target.pathname.replace('/auth', ''),
      headers: {
        accept: 'text/html',
        origin: 'https://shop.example.com',
        ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...(own.size > 0 && { cookie: toHeader(own) }),
        ...headers,
      },
      readBody: async () => new URLSearchParams(form ?? {}).toString(),
    })
    if (answer === undefined) throw new Error(`nothing is served at ${url}`)
    keep(own, answer.headers['set-cookie'] ?? [])
    return answer
  }

  /** Follows redirects at the provider until one leads back, or a page comes. */
  const followProvider = async (url: string) => {
    let location = url
    for (let hop = 0; hop < 10 && !location.startsWith(BASE); hop += 1) {
      const response = await fetch(location, { redirect: 'manual', headers: { cookie: toHeader(foreign) } })
      keep(foreign, response.headers.getSetCookie())
      const page = await response.text()
      const next = response.headers.get('location')
      if (next === null) return { page, status: response.status }
      location = new URL(next, location).href
    }
    return { location }
  }

  const visitProvider = async (url: string): Promise<string> => {
    const { location, status } = await followProvider(url)
    if (location === undefined) throw new Error(`the provider stopped with ${status}`)
    return location
  }

  /** Visits a provider that answers by a form, which a browser sends by itself. */
  const visitFormProvider = async (url: string) => {
    const { page = '' } = await followProvider(url)
    const inputs = page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)
    const action = /action="([^"]+)"/.exec(page)?.[1]
    if (action === undefined) throw new Error('the provider sent no form')
    return { action, form: Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, value])) }
  }

  const authorize = async (path = '/auth/oauth/op/authorize') => {
    const { status, headers, body } = await request('GET', path)
    return { status, location: String(headers['location']), body }
  }

  return {
    own,
    request,
    authorize,
    visitProvider,
    visitFormProvider,
    /** Signs in, and comes back to where that leads. */
    signIn: async (path?: string) => request('GET', await visitProvider((await authorize(path)).location)),
  }
}

function keep(jar: Map<string, string>, fields: string | readonly string[]): void {
  for (const field of [fields].flat()) {
    const [pair = '', ...attributes] = field.split(';')
    const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
    const isOver =
      attributes.some(attribute => /max-age=0/i.test(attribute)) ||
      attributes.some(attribute => /expires=thu, 01 jan 1970/i.test(attribute))
    if (isOver) jar.delete(name)
    else jar.set(name, value)
  }
}

function toHeader(jar: ReadonlyMap<string, string>): string {
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
}

/** The principal of whoever is signed in with this browser. */
export async function whoIs(auth: AuthCore, browser: ReturnType<typeof openBrowser>) {
  return auth.sessions.verify(browser.own.get('__Host-session') ?? '')
}
