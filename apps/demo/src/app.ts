import type { RequestListener } from 'node:http'
import type { Clock } from '@authcore/core'
import { type CleanUp, createSweepCounter } from './clean-up.js'
import { createDemoAuth, type DemoAuth } from './demo-auth.js'
import { type Framework, loadFramework } from './frameworks/frameworks.js'
import { loginRoutes } from './login/login-routes.js'
import { createLoginThrottle } from './login/login-throttle.js'
import { argon2Hasher, type PasswordHasher } from './login/password-hasher.js'
import { createVerifyPassword } from './login/verify-password.js'
import { apiRoutes } from './routes/api-routes.js'
import { gatewayRoutes } from './routes/gateway-routes.js'
import { pageRoute } from './routes/page-route.js'
import { createAnswerFault } from './routes/problem.js'
import type { DemoState } from './state/open-state.js'

/** How the demo is set up. */
export interface DemoAppOptions {
  /** Where it is reached, such as `http://127.0.0.1:3000`. */
  readonly baseUrl: string
  /** Where the service behind the gateway is reached. */
  readonly innerServiceUrl: string
  /** Express unless told. */
  readonly framework?: Framework
  readonly clock: Clock
  readonly state: Pick<DemoState, 'stores' | 'users' | 'secret'>
  readonly admin: AdminLogin
  /** argon2id unless told. */
  readonly hasher?: PasswordHasher
  /** Gets the errors that are nobody's request; the console unless told. */
  readonly report?: (error: unknown) => void
}

/** The demo, ready to be served. */
export interface DemoApp {
  readonly listener: RequestListener
  readonly auth: DemoAuth
  /** Deletes what has expired. */
  readonly cleanUp: CleanUp
}

/** How the admin logs in: the user with the role `admin`, who is there from the first start on. */
export interface AdminLogin {
  readonly email: string
  readonly password: string
}

/** Puts the reference API together. Nothing listens yet. */
export async function createDemoApp(options: DemoAppOptions): Promise<DemoApp> {
  const { baseUrl, innerServiceUrl, framework = 'express', clock, state, admin } = options
  const { hasher = argon2Hasher, report = console.error } = options
  const { users, secret } = state
  const { stores, count } = createSweepCounter(state.stores)
  const auth = createDemoAuth({ baseUrl, clock, stores, secret })
  const cleanUp: CleanUp = batchSize => count(() => auth.sweep(batchSize === undefined ? {} : { batchSize }))
  await users.addOrSetPassword({
    email: admin.email,
    passwordHash: await hasher.hash(admin.password),
    roles: ['admin'],
  })
  const verifyPassword = await createVerifyPassword(users, hasher)
  const throttle = createLoginThrottle(auth.stores.rateLimits, clock)

  const createListener = await loadFramework(framework)
  const listener = await createListener({
    auth,
    authRoutes: {
      jwks: false,
      refreshCookie: false,
      extensions: [loginRoutes({ auth, users, hasher, verifyPassword, throttle })],
    },
    rootRoutes: { refresh: false, logout: false, sessions: false, apiKeys: false },
    routes: [
      pageRoute({ baseUrl, methods: auth, adminEmail: admin.email }),
      ...apiRoutes({ auth, users, cleanUp }),
      ...gatewayRoutes({ auth, innerServiceUrl }),
    ],
    answerFault: createAnswerFault(report),
  })
  return { listener, auth, cleanUp }
}
