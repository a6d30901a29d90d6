import { createAuthCore } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { createAuthRoutes, createHttpAuth, createSessionCookie } from '@authcore/http'
import {
  createIdentityDirectory,
  createSignIn,
  githubProvider,
  googleProvider,
  oauthRoutes,
} from '../src/index.js'

const auth = createAuthCore({
  issuer: 'https://shop.example.com',
  audience: 'https://shop.example.com',
  secrets: [process.env['AUTHCORE_SECRET']], // openssl rand -base64 32
  stores: memoryStores(),
})

// your table of users; (issuer, subject) of their identities is kept in the stores
const users = new Map<string, { email: string | undefined }>()
const accounts = createIdentityDirectory({
  auth,
  // INSERT INTO users (id, email) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING
  createAccount: async ({ subject, profile }) => {
    if (!users.has(subject)) users.set(subject, { email: profile.email })
    return { outcome: 'created' }
  },
})

// register https://shop.example.com/auth/oauth/google/callback at Google, and so on
const signIn = createSignIn({
  auth,
  accounts,
  baseUrl: 'https://shop.example.com/auth',
  providers: {
    google: googleProvider({
      clientId: '1234.apps.googleusercontent.com',
      clientSecret: process.env['GOOGLE_SECRET'] ?? 'GOCSPX-example',
    }),
    github: githubProvider({
      clientId: 'Iv1.1234',
      clientSecret: process.env['GITHUB_SECRET'] ?? 'example',
    }),
  },
})

// for Express, Fastify, Koa and Hono: authRoutes(auth, { extensions: [oauthRoutes(...)] }), mounted at /auth;
// a link to /auth/oauth/google/authorize?return_to=/orders is all that a page needs
export const extension = oauthRoutes(signIn, { auth, sessionCookie: createSessionCookie() })
const web = { ...auth, ...createHttpAuth(auth, { sessionCookie: {} }) }
export const routes = createAuthRoutes(web, { extensions: [extension], refreshCookie: false })
