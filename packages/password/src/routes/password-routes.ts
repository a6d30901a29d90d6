import { type CookieSession, InvalidRequestError, type SessionTokens } from '@authcore/core'
import {
  createOptionReader,
  type OptionReader,
  type PackageRoute,
  type PackageRoutes,
  type RouteBody,
  readRouteBody,
} from '@authcore/core/extension'
import type { CookieLogin, Login } from '../login/login.js'
import { type LoginCookies, toLoginAnswer } from './login-answer.js'

/** Which routes are served, and how. */
export interface PasswordRoutesOptions {
  /** `POST /register`; `false` unless told. Its answer tells whether a name is taken. */
  readonly register?: boolean
  /** `POST /login/complete`; `true` unless told. */
  readonly secondFactors?: boolean
  /** `POST /login/passkey/complete`; `false` unless told. Needs second factors with passkeys. */
  readonly passkeys?: boolean
  /** `POST /password/reset-request` and `POST /password/reset`; `true` unless told. */
  readonly reset?: boolean
  /** `POST /email/verify`; `true` unless told. */
  readonly emailVerification?: boolean
  /**
   * `createRefreshCookie()` of `@authcore/http`: the refresh token goes into that cookie and not into the body, and
   * only pages of the own origins can log in.
   */
  readonly refreshCookie?: { issue(tokens: SessionTokens<string, string, unknown>): string }
  /**
   * `createSessionCookie()` of `@authcore/http`; needed with `createCookieLogin`, and of no use without. Only pages of the
   * own origins can log in, and the cookie serves for a change of the password too.
   */
  readonly sessionCookie?: { issue(started: CookieSession<string, string, unknown>): string }
}

type AnyLogin = Login<string, string, unknown> | CookieLogin<string, string, unknown>

const MAX_IDENTIFIER = 320
/** More than any password: what is too long is told so by the policy. */
const MAX_PASSWORD = 4096
const MAX_TOKEN = 4096

/**
 * Prepares the routes: login, its second step and login with a passkey, change of the password, reset, registration.
 * @param login what `createLogin` or `createCookieLogin` returned
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function passwordRoutes(login: AnyLogin, options: PasswordRoutesOptions = {}): PackageRoutes {
  const reader = createOptionReader(options)
  const has = (name: string, fallback: boolean): boolean =>
    reader.value(name, isBoolean, 'true or false') ?? fallback
  const [register, secondFactors] = [has('register', false), has('secondFactors', true)]
  const passkeys = has('passkeys', false)
  const [reset, emailVerification] = [has('reset', true), has('emailVerification', true)]
  const cookies = readCookies(reader, login)
  reader.finish()
  const routes = [
    ...(register ? [registerRoute(login)] : []),
    loginRoute(login, cookies),
    ...(secondFactors ? [completeRoute(login, cookies)] : []),
    ...(passkeys ? [passkeyRoute(login, cookies)] : []),
    changeRoute(login),
    ...(reset ? [requestResetRoute(login), resetRoute(login)] : []),
    ...(emailVerification ? [verifyEmailRoute(login)] : []),
  ]
  return Object.freeze({ routes: Object.freeze(routes.map(route => Object.freeze(route))) })
}

/** A cookie of the kind of the sessions: one that nobody sets, or a login without its cookie, is a mistake. */
function readCookies(reader: OptionReader, login: AnyLogin): LoginCookies {
  const [needed, refused] =
    login.session === 'cookie' ? ['sessionCookie', 'refreshCookie'] : [undefined, 'sessionCookie']
  const refreshCookie = reader.value(
    'refreshCookie',
    isCookie<NonNullable<PasswordRoutesOptions['refreshCookie']>>,
    'what createRefreshCookie of @authcore/http returned',
  )
  const sessionCookie = reader.value(
    'sessionCookie',
    isCookie<NonNullable<PasswordRoutesOptions['sessionCookie']>>,
    'what createSessionCookie of @authcore/http returned',
  )
  if (needed !== undefined && reader.read(needed) === undefined) reader.refuse(needed, 'is required')
  if (reader.read(refused) !== undefined) reader.refuse(refused, 'does not fit the sessions of this login')
  return { refreshCookie, sessionCookie }
}

/** A page of another site must not be able to put somebody into a session by cookie. */
function setsCookie({ refreshCookie, sessionCookie }: LoginCookies): boolean {
  return refreshCookie !== undefined || sessionCookie !== undefined
}

function registerRoute(login: AnyLogin): PackageRoute {
  return {
    method: 'POST',
    path: '/register',
    handle: async ({ ip, readBody }) => {
      const body = readRouteBody(await readBody(), ['identifier', 'password'])
      const { subject } = await login.register({
        identifier: body.text('identifier', MAX_IDENTIFIER),
        password: body.text('password', MAX_PASSWORD),
        ip,
      })
      return { status: 201, body: { subject } }
    },
  }
}

function loginRoute(login: AnyLogin, cookies: LoginCookies): PackageRoute {
  return {
    method: 'POST',
    path: '/login',
    sameOrigin: setsCookie(cookies),
    handle: async ({ ip, readBody, proveKeys }) => {
      const members = ['identifier', 'password', 'client_id', 'label', 'device_token']
      const body = readRouteBody(await readBody(), members)
      const request = {
        identifier: body.text('identifier', MAX_IDENTIFIER),
        password: body.text('password', MAX_PASSWORD),
        ...toGrant(body),
        ...toClient(ip, body),
      }
      // a proof counts once: it is spent on a request that can be read
      const { confirmation, headers } = await proveKeys()
      return toLoginAnswer(await login.login({ ...request, confirmation }), headers, cookies)
    },
  }
}

function completeRoute(login: AnyLogin, cookies: LoginCookies): PackageRoute {
  return {
    method: 'POST',
    path: '/login/complete',
    sameOrigin: setsCookie(cookies),
    handle: async ({ ip, readBody, proveKeys }) => {
      const body = readRouteBody(await readBody(), ['pending_token', 'proof', 'device_token'])
      const request = {
        pendingToken: body.text('pending_token', MAX_TOKEN),
        proof: body.object('proof'),
        ...toClient(ip, body),
      }
      const { confirmation, headers } = await proveKeys()
      return toLoginAnswer(await login.completeLogin({ ...request, confirmation }), headers, cookies)
    },
  }
}

function passkeyRoute(login: AnyLogin, cookies: LoginCookies): PackageRoute {
  return {
    method: 'POST',
    path: '/login/passkey/complete',
    sameOrigin: setsCookie(cookies),
    handle: async ({ ip, readBody, proveKeys }) => {
      const body = readRouteBody(await readBody(), ['proof', 'client_id', 'label', 'device_token'])
      const request = { proof: body.object('proof'), ...toGrant(body), ...toClient(ip, body) }
      const { confirmation, headers } = await proveKeys()
      return toLoginAnswer(await login.loginWithPasskey({ ...request, confirmation }), headers, cookies)
    },
  }
}

function changeRoute(login: AnyLogin): PackageRoute {
  return {
    method: 'POST',
    path: '/password',
    policy: { methods: [login.session === 'cookie' ? 'session' : 'access_token'] },
    handle: async ({ ip, principal, readBody }) => {
      if (principal?.method !== 'access_token' && principal?.method !== 'session')
        throw new InvalidRequestError('credentials_missing')
      const members = ['current_password', 'new_password', 'keep_session', 'device_token']
      const body = readRouteBody(await readBody(), members)
      const keepsSession = body.flag('keep_session') && principal.sessionId !== undefined
      await login.changePassword({
        subject: principal.subject,
        currentPassword: body.text('current_password', MAX_PASSWORD),
        newPassword: body.text('new_password', MAX_PASSWORD),
        ...(keepsSession && { keepSessionId: principal.sessionId }),
        ...toClient(ip, body),
      })
      return { status: 204 }
    },
  }
}

function requestResetRoute(login: AnyLogin): PackageRoute {
  return {
    method: 'POST',
    path: '/password/reset-request',
    handle: async ({ ip, readBody }) => {
      const body = readRouteBody(await readBody(), ['identifier'])
      // the delivery goes on by itself: waiting for it would tell who has an account
      await login.requestPasswordReset({ identifier: body.text('identifier', MAX_IDENTIFIER), ip })
      return { status: 202 }
    },
  }
}

function resetRoute(login: AnyLogin): PackageRoute {
  return {
    method: 'POST',
    path: '/password/reset',
    handle: async ({ ip, readBody }) => {
      const body = readRouteBody(await readBody(), ['token', 'new_password', 'device_token'])
      const [token, newPassword] = [body.text('token', MAX_TOKEN), body.text('new_password', MAX_PASSWORD)]
      await login.resetPassword({ token, newPassword, ...toClient(ip, body) })
      return { status: 204 }
    },
  }
}

function verifyEmailRoute(login: AnyLogin): PackageRoute {
  return {
    method: 'POST',
    path: '/email/verify',
    handle: async ({ readBody }) => {
      const body = readRouteBody(await readBody(), ['token'])
      await login.verifyEmail(body.text('token', MAX_TOKEN))
      return { status: 204 }
    },
  }
}

function toGrant(body: RouteBody) {
  return { clientId: body.optionalText('client_id', 255), label: body.optionalText('label', 200) }
}

function toClient(ip: string | undefined, body: RouteBody) {
  return { ip, deviceToken: body.optionalText('device_token', 512) }
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean'
}

function isCookie<Cookie>(value: unknown): value is Cookie {
  return typeof Reflect.get(Object(value), 'issue') === 'function'
}
