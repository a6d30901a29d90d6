import type { Clock } from '@authcore/core'
import { authErrorHandler, authRoutes } from '@authcore/express'
import express, { type Express, type RequestHandler } from 'express'
import { apiRoutes } from './api-routes.js'
import { type CleanUp, createSweepCounter } from './clean-up.js'
import { createDemoAuth, type DemoAuth } from './demo-auth.js'
import { loginRoutes } from './login/login-routes.js'
import { createLoginThrottle } from './login/login-throttle.js'
import { argon2Hasher, type PasswordHasher } from './login/password-hasher.js'
import { createVerifyPassword } from './login/verify-password.js'
import { pageRoute } from './page/page-route.js'
import { problemHandler, routeNotFound } from './problem.js'
import type { DemoState } from './state/open-state.js'

/** How the demo is set up. */
export interface DemoAppOptions {
  /** Where it is reached, such as `http://127.0.0.1:3000`. */
  readonly baseUrl: string
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
  readonly app: Express
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
  const { baseUrl, clock, state, admin, hasher = argon2Hasher, report = console.error } = options
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

  const app = express().disable('x-powered-by').disable('etag')
  app.use(securityHeaders)
  app.get('/', pageRoute({ baseUrl, methods: auth, adminEmail: admin.email }))
  app.use('/auth', loginRoutes({ auth, users, hasher, verifyPassword, throttle }))
  app.use('/auth', authRoutes(auth, { jwks: false, refreshCookie: false }))
  app.use(authRoutes(auth, ONLY_JWKS))
  app.use('/api', apiRoutes({ auth, users, cleanUp }))
  app.use(routeNotFound, authErrorHandler(), problemHandler(report))
  return { app, auth, cleanUp }
}

/** The key set stands at the root, where resource servers look for it. */
const ONLY_JWKS = { refresh: false, logout: false, sessions: false, apiKeys: false } as const

const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  })
  next()
}
