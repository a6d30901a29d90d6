import { createAuthCore } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { createAuthRoutes } from '@authcore/http'
import { createLogin, createPasswordPolicy, type PasswordAccounts, passwordRoutes } from '../src/index.js'

const auth = createAuthCore({
  issuer: 'https://api.example.com',
  audience: 'https://api.example.com',
  secrets: [process.env['AUTHCORE_SECRET']], // openssl rand -base64 32
  stores: memoryStores(),
})

// your table of users: one row here, a database in production
const users = new Map<string, { subject: string; email: string; passwordHash: string }>()
const accounts: PasswordAccounts = {
  find: async identifier => users.get(identifier.toLowerCase()),
  findBySubject: async subject => [...users.values()].find(user => user.subject === subject),
  // UPDATE users SET password_hash = $1 WHERE id = $2 AND password_hash IS NOT DISTINCT FROM $3
  savePasswordHash: async ({ subject, passwordHash, replaces }) => {
    const user = await accounts.findBySubject(subject)
    if (!user?.email || user.passwordHash !== replaces) return { saved: false }
    users.set(user.email, { subject, email: user.email, passwordHash })
    return { saved: true }
  },
  insert: async ({ identifier, passwordHash }) => {
    const email = identifier.toLowerCase()
    if (users.has(email)) return undefined
    users.set(email, { subject: `user-${users.size + 1}`, email, passwordHash })
    return { subject: `user-${users.size}` }
  },
}

const login = createLogin({
  auth,
  accounts,
  policy: createPasswordPolicy({ contextWords: ['Example Shop'], emit: auth.emit }),
  sendPasswordReset: async ({ account, token }) => {
    console.log(`To ${account.email}: https://shop.example.com/reset#${token}`)
  },
})

await login.register({ identifier: 'ada@example.com', password: 'correct horse battery staple' })
const result = await login.login({ identifier: 'ada@example.com', password: 'correct horse battery staple' })
if (result.outcome === 'completed') {
  const { subject } = await auth.accessTokens.verify(result.tokens.accessToken)
  console.log(subject) // user-1
}

// the same as routes, for Express, Fastify, Koa and Hono: authRoutes(auth, { extensions: [passwordRoutes(login)] })
export const routes = createAuthRoutes(auth, { extensions: [passwordRoutes(login, { register: true })] })
