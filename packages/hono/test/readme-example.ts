import { type AuthCore, createAuthCore } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { Hono } from 'hono'
import { authErrorHandler, authRoutes, requireAuth, requireRole } from '../src/index.js'

export const auth: AuthCore = createAuthCore({
  issuer: 'http://localhost:3000',
  audience: 'http://localhost:3000',
  secrets: [process.env.AUTHCORE_SECRET], // openssl rand -base64 32
  stores: memoryStores(),
})

export const app: Hono = new Hono()

app.get('/reports', requireAuth(auth, { methods: ['access_token', 'api_key'] }), c =>
  c.json({ subject: c.var.auth.subject, method: c.var.auth.method }),
)
app.use('/admin/*', requireAuth(auth, { methods: ['access_token'] }), requireRole('admin'))
app.route('/auth', authRoutes(auth)) // JWK set, refresh, logout, sessions, API keys
app.onError(authErrorHandler()) // for AuthErrors of your own handlers
