import type { AuthCore, Principal } from '@authcore/core'
import { InvalidRequestError } from '@authcore/core'
import type { AuthPolicy, AuthRouteExtension, AuthRoutesOptions, CredentialVerifiers } from '@authcore/http'

/** What an application answers by itself. */
export interface ApplicationAnswer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Text in ASCII. */
  readonly body: string
}

/** A route behind middleware, in this order: `requireAuth`, `requireScope`, `requireRole`; each only where it is named. */
export interface GuardedRoute {
  /** Where the route is mounted with the means of the framework; empty for no mount point. */
  readonly mount: string
  /** Below the mount point. The route answers every method. */
  readonly path: string
  readonly auth: CredentialVerifiers
  readonly policy?: AuthPolicy
  readonly requireScope?: readonly string[]
  readonly requireRole?: readonly string[]
  /** The handler: gets what `requireAuth` has put in its place. What it throws is for the error handling. */
  answer(principal: Principal<string, string, unknown> | undefined): ApplicationAnswer
}

/** `authRoutes` below a mount point. */
export interface MountedRoutes {
  /** Where they are mounted with the means of the framework. */
  readonly path: string
  readonly auth: AuthCore
  readonly options: AuthRoutesOptions
  /**
   * What stands before them: nothing; the usual body parsers of the framework for JSON and forms; one that reads
   * bytes. Where bodies cannot come parsed, nothing.
   */
  readonly body: 'unread' | 'parsed' | 'bytes'
  /** A middleware before them that goes on after a turn of the event loop. */
  readonly isDelayed: boolean
}

/** What an adapter author builds with the adapter and the framework. */
export interface AdapterApplication {
  readonly routes: readonly GuardedRoute[]
  readonly mounts: readonly MountedRoutes[]
  /** Answers every path that nothing above has answered. */
  readonly fallback: ApplicationAnswer
  /** Answers errors that the error handler of the adapter has passed on. */
  failure(error: unknown): ApplicationAnswer
}

/** What one subject of the table adds to the application. */
export type ApplicationPart = Partial<Pick<AdapterApplication, 'routes' | 'mounts'>>

const POLICIES: Readonly<Record<string, AuthPolicy>> = {
  '/token': { methods: ['access_token'] },
  '/key': { methods: ['api_key'] },
  '/either': { methods: ['access_token', 'api_key'] },
  '/key-first': { methods: ['api_key', 'access_token'] },
  '/optional': { methods: ['access_token', 'api_key'], optional: true },
  '/scoped': { methods: ['access_token', 'api_key'], scope: ['write'] },
  '/editors': { methods: ['access_token', 'api_key'], roles: ['editor'] },
  '/fresh': { methods: ['access_token', 'api_key'], maxAgeSeconds: 60 },
}

const TEXT = { 'content-type': 'text/plain; charset=utf-8' } as const

/**
 * The application of the table, on one deployment.
 * @param parts what the groups of the table add
 */
export function createApplication(auth: AuthCore, parts: readonly ApplicationPart[]): AdapterApplication {
  return {
    routes: [...createRoutes(auth), ...parts.flatMap(({ routes = [] }) => routes)],
    mounts: [...createMounts(auth), ...parts.flatMap(({ mounts = [] }) => mounts)],
    fallback: { status: 404, headers: TEXT, body: 'nothing here' },
    failure: error => ({ status: 500, headers: TEXT, body: `failed: ${describe(error)}` }),
  }
}

function createRoutes(auth: AuthCore): readonly GuardedRoute[] {
  const plain = { mount: '', auth, answer: answerPrincipal } as const
  const token: AuthPolicy = { methods: ['access_token'] }
  const buggy = { accessTokens: { verify: () => Promise.reject(new TypeError('a bug')) } }
  return [
    ...Object.entries(POLICIES).map(([path, policy]) => ({ ...plain, path, policy })),
    { ...plain, path: '/then-scope', policy: token, requireScope: ['read', 'write'] },
    { ...plain, path: '/then-role', policy: token, requireRole: ['editor'] },
    { ...plain, path: '/then-both', policy: token, requireScope: ['read'], requireRole: ['editor'] },
    { ...plain, path: '/optional-then-scope', policy: { ...token, optional: true }, requireScope: ['read'] },
    { ...plain, path: '/optional-then-role', policy: { ...token, optional: true }, requireRole: ['editor'] },
    { ...plain, path: '/unguarded', requireScope: ['read'] },
    { ...plain, path: '/unguarded-role', requireRole: ['editor'] },
    { ...plain, path: '/buggy', auth: buggy, policy: token },
    { ...plain, path: '/throws-ours', answer: throwOurs },
    { ...plain, path: '/throws-other', answer: throwOther },
    { ...plain, path: '/guarded-throws-ours', policy: token, answer: throwOurs },
    { ...plain, path: '/guarded-throws-other', policy: token, answer: throwOther },
    { ...plain, mount: '/api/v1', path: '/token', policy: token },
    { ...plain, mount: '/api/v1', path: '/optional', policy: { ...token, optional: true } },
  ]
}

function createMounts(auth: AuthCore): readonly MountedRoutes[] {
  const plain = { auth, options: {}, body: 'unread', isDelayed: false } as const
  return [
    { ...plain, path: '/auth', options: { extensions: [COOKIES] } },
    { ...plain, path: '/api/v1/auth' },
    { ...plain, path: '/parsed', body: 'parsed' },
    { ...plain, path: '/bytes', body: 'bytes' },
    { ...plain, path: '/delayed', isDelayed: true },
    { ...plain, path: '/small', options: { bodyLimitBytes: 64, refreshCookie: false } },
    { ...plain, path: '/some', options: { jwks: false, apiKeys: false, sessions: { scope: ['write'] } } },
  ]
}

/** Routes of another package that answer with cookies. */
const COOKIES: AuthRouteExtension = {
  routes: [
    cookieRoute('/cookies/one', 'one=1; Path=/; Secure; HttpOnly; SameSite=Lax'),
    cookieRoute('/cookies/two', [
      'one=1; Expires=Tue, 15 Jan 2030 12:00:00 GMT; Path=/; Secure',
      'two=a,b="c"; Path=/; HttpOnly',
    ]),
    cookieRoute('/cookies/broken', ['one=1', 'two=2\r\nx-injected: yes']),
  ],
}

function cookieRoute(
  path: string,
  cookies: string | readonly string[],
): AuthRouteExtension['routes'][number] {
  return {
    method: 'GET',
    path,
    handle: async () => ({ status: 200, headers: { 'set-cookie': cookies }, body: {} }),
  }
}

/** Says who `requireAuth` has found. */
export function answerPrincipal(
  principal: Principal<string, string, unknown> | undefined,
): ApplicationAnswer {
  const { method, subject, scope, roles } = principal ?? {}
  const body = JSON.stringify({ method, subject, scope, roles, frozen: Object.isFrozen(principal) })
  return { status: 200, headers: { ...TEXT, 'x-served': 'yes' }, body }
}

function throwOurs(): never {
  throw new InvalidRequestError('argument_invalid')
}

function throwOther(): never {
  throw new TypeError('a bug')
}

function describe(error: unknown): string {
  const { name, code } = Object(error)
  return `${name} ${code ?? ''}`
}
