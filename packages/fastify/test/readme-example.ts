import { type AuthCore, createAuthCore } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import fastify, { type FastifyInstance } from 'fastify'
import { authErrorHandler, authRoutes, fastifyAuth, requireAuth, requireRole } from '../src/index.js'

export const auth: AuthCore = createAuthCore({
  issuer: 'http://localhost:3000',
  audience: 'http://localhost:3000',
  secrets: [process.env.AUTHCORE_SECRET], // openssl rand -base64 32
  stores: memoryStores(),
})

export const app: FastifyInstance = fastify()

app.register(fastifyAuth) // decorates requests with `auth`
app.setErrorHandler(authErrorHandler()) // for AuthErrors of your own handlers
app.register(authRoutes(auth), { prefix: '/auth' }) // JWK set, refresh, logout, sessions, API keys

const onRequest = requireAuth(auth, { methods: ['access_token', 'api_key'] })
app.get('/reports', { onRequest }, async ({ auth: caller }) => ({
  subject: caller?.subject,
  method: caller?.method,
}))

app.register(async admin => {
  admin.addHook('onRequest', requireAuth(auth, { methods: ['access_token'] }))
  admin.addHook('onRequest', requireRole('admin'))
  admin.get('/admin', async () => 'welcome')
})
