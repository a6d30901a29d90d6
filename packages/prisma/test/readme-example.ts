import { createAuthCore } from '@authcore/core'
import { prismaStores } from '@authcore/prisma'
import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from './dist/prisma-7/client/client.js'

const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env['DATABASE_URL'] }) })

const auth = createAuthCore({
  issuer: 'https://api.example.com',
  audience: 'https://api.example.com',
  secrets: [process.env['AUTHCORE_SECRET'] ?? ''],
  stores: prismaStores(prisma),
})

const { refreshToken } = await auth.sessions.start({ subject: 'user-1' })
const refreshed = await auth.sessions.refresh(refreshToken)
const principal = await auth.accessTokens.verify(refreshed.accessToken)
console.log(principal.subject)
