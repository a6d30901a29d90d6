import { type AuthCore, createAuthCore } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import Router from '@koa/router'
import Koa from 'koa'
import mount from 'koa-mount'
import { type AuthState, authErrorHandler, authRoutes, requireAuth, requireRole } from '../src/index.js'

export const auth: AuthCore = createAuthCore({
  issuer: 'http://localhost:3000',
  audience: 'http://localhost:3000',
  secrets: [process.env.AUTHCORE_SECRET], // openssl rand -base64 32
  stores: memoryStores(),
})

export const app: Koa = new Koa()
const router = new Router<AuthState>()

router.get('/reports', requireAuth(auth, { methods: ['access_token', 'api_key'] }), ctx => {
  ctx.body = { subject: ctx.state.auth?.subject, method: ctx.state.auth?.method }
})
router.all('/admin', requireAuth(auth, { methods: ['access_token'] }), requireRole('admin'))

app.use(authErrorHandler()) // for AuthErrors of your own middleware
app.use(mount('/auth', authRoutes(auth))) // JWK set, refresh, logout, sessions, API keys
app.use(router.routes())
