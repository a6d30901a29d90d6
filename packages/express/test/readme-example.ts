import { type AuthCore, createAuthCore } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import express, { type Express } from 'express'
import { authErrorHandler, authRoutes, requireAuth, requireRole } from '../src/index.js'

export const auth: AuthCore = createAuthCore({
  issuer: 'http://localhost:3000',
  audience: 'http://localhost:3000',
  secrets: [process.env.AUTHCORE_SECRET], // openssl rand -base64 32
  stores: memoryStores(),
})

export const app: Express = express()

app.get('/reports', requireAuth(auth, { methods: ['access_token', 'api_key'] }), (req, res) => {
  res.json({ subject: req.auth?.subject, method: req.auth?.method })
})
app.use('/admin', requireAuth(auth, { methods: ['access_token'] }), requireRole('admin'))
app.use('/auth', authRoutes(auth)) // JWK set, refresh, logout, sessions, API keys
app.use(authErrorHandler()) // for AuthErrors of your own handlers
