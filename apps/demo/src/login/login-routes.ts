import { type AuthRouteExtension, type ExtensionRoute, toTokenResponse } from '@authcore/http'
import { type DemoAuth, SCOPES } from '../demo-auth.js'
import { ProblemError } from '../routes/problem.js'
import { parseLoginBody, parseRegisterBody } from './login-body.js'
import type { ThrottleLogin } from './login-throttle.js'
import type { PasswordHasher } from './password-hasher.js'
import type { UserDirectory } from './user-directory.js'
import type { VerifyPassword } from './verify-password.js'

/** What register and login work with. */
export interface LoginRoutesOptions {
  readonly auth: DemoAuth
  readonly users: UserDirectory
  readonly hasher: PasswordHasher
  readonly verifyPassword: VerifyPassword
  readonly throttle: ThrottleLogin
}

/** `POST /register` and `POST /login`: what comes before AuthCore, and where it begins. */
export function loginRoutes(options: LoginRoutesOptions): AuthRouteExtension {
  return { routes: [registerRoute(options), loginRoute(options)] }
}

function registerRoute({ users, hasher, throttle }: LoginRoutesOptions): ExtensionRoute {
  return {
    method: 'POST',
    path: '/register',
    handle: async ({ readBody, ip = '' }) => {
      const { email, password } = parseRegisterBody(await readBody())
      await throttle({ email, ip })
      const user = await users.add({ email, passwordHash: await hasher.hash(password), roles: [] })
      if (user === undefined) throw new ProblemError('email_taken')
      return { status: 201, body: { id: user.id, email: user.email } }
    },
  }
}

function loginRoute({ auth, verifyPassword, throttle }: LoginRoutesOptions): ExtensionRoute {
  return {
    method: 'POST',
    path: '/login',
    handle: async ({ readBody, ip = '' }) => {
      const body = parseLoginBody(await readBody())
      await throttle({ email: body.email, ip })
      const user = await verifyPassword(body)
      if (user === undefined) throw new ProblemError('login_failed')
      const tokens = await auth.sessions.start({
        subject: user.id,
        scope: SCOPES,
        roles: user.roles,
        amr: ['pwd'],
        ...(body.label !== undefined && { label: body.label }),
      })
      const { status, headers, body: content = '' } = toTokenResponse(tokens)
      return { status, headers, text: { mediaType: 'application/json', content } }
    },
  }
}
