import { createAuthCore } from '@authcore/core'
import { createClient } from 'redis'
import { redisStores } from '../src/index.js'

const client = createClient({ url: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' })
client.on('error', error => console.error('Redis:', error.message))
await client.connect()

const auth = createAuthCore({
  issuer: 'https://api.example.com',
  audience: 'https://api.example.com',
  secrets: [process.env.AUTHCORE_SECRET], // openssl rand -base64 32
  stores: redisStores(client, { prefix: 'shop' }),
})

const { refreshToken } = await auth.sessions.start({ subject: 'user-1', amr: ['pwd'] })
const { accessToken, session } = await auth.sessions.refresh(refreshToken)
const { subject } = await auth.accessTokens.verify(accessToken)

await auth.sessions.revoke(session.id)
const refused = await auth.accessTokens.verify(accessToken).catch(error => error.code)
console.log(subject, refused) // user-1 token_revoked

await auth.close()
client.destroy()
