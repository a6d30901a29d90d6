import { createAuthCore } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { authErrorHandler, authRoutes, requireAuth } from '@authcore/express'
import { createHttpAuth } from '@authcore/http'
import express, { type Express } from 'express'
import { createOAuthClients, createOpaqueTokens, oauthServerRoutes } from '../src/index.js'

const core = createAuthCore({
  issuer: 'https://api.example.com',
  audience: 'https://api.example.com',
  secrets: [process.env['AUTHCORE_SECRET']], // openssl rand -base64 32
  stores: memoryStores(),
})
const opaqueTokens = createOpaqueTokens(core)
const clients = createOAuthClients(core, {
  assertionAudience: ['https://api.example.com/oauth/token'],
})
const auth = createHttpAuth({ ...core, opaqueTokens }, { dpop: {} })

export const app: Express = express()
// POST /oauth/token, /introspect, /revoke, the JWK set and the metadata of RFC 8414
const oauth = oauthServerRoutes(auth, { clients, opaqueTokens, introspection: true, revocation: true })
app.use(authRoutes(auth, { clients, extensions: [oauth] }))

// one route takes a JWT, an API key or an opaque token
const methods = ['access_token', 'api_key', 'opaque_token'] as const
app.get('/reports', requireAuth(auth, { methods, scope: ['read'] }), (req, res) => {
  res.json({ subject: req.auth?.subject })
})
app.use(authErrorHandler())

// the secret is shown once
export const { client, clientSecret } = await clients.register({
  name: 'Reports',
  authMethod: 'client_secret_basic',
  scope: ['read'],
  accessTokens: 'opaque',
})
