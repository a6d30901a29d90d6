import { toTokenResponse } from '@authcore/http'
import express, { type RequestHandler, Router } from 'express'
import { type DemoAuth, SCOPES } from '../demo-auth.js'
import { bodyErrorHandler, ProblemError } from '../problem.js'
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

const BODY_LIMIT_BYTES = 4096

/** `POST /register` and `POST /login`: what comes before AuthCore, and where it begins. */
export function loginRoutes(options: LoginRoutesOptions): Router {
  const router = Router()
  const readJson = express.json({ limit: BODY_LIMIT_BYTES })
  router.post('/register', readJson, bodyErrorHandler, register(options))
  router.post('/login', readJson, bodyErrorHandler, login(options))
  return router
}

function register({ users, hasher, throttle }: LoginRoutesOptions): RequestHandler {
  return async (request, response) => {
    const { email, password } = parseRegisterBody(request.body)
    await throttle({ email, ip: request.ip ?? '' })
    const user = await users.add({ email, passwordHash: await hasher.hash(password), roles: [] })
    if (user === undefined) throw new ProblemError('email_taken')
    response.status(201).json({ id: user.id, email: user.email })
  }
}

function login({ auth, verifyPassword, throttle }: LoginRoutesOptions): RequestHandler {
  return async (request, response) => {
    const body = parseLoginBody(request.body)
    await throttle({ email: body.email, ip: request.ip ?? '' })
    const user = await verifyPassword(body)
    if (user === undefined) throw new ProblemError('login_failed')
    const tokens = await auth.sessions.start({
      subject: user.id,
      scope: SCOPES,
      roles: user.roles,
      amr: ['pwd'],
      ...(body.label !== undefined && { label: body.label }),
    })
    const answer = toTokenResponse(tokens)
    response.status(answer.status).set(answer.headers).send(answer.body)
  }
}
