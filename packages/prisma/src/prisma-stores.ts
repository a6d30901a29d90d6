import type { Stores } from '@authcore/core/ports'
import { PrismaApiKeyStore } from './prisma-api-key-store.js'
import type { PrismaClientSubset } from './prisma-client.js'
import { PrismaDocumentStore } from './prisma-document-store.js'
import { PrismaOneTimeStore } from './prisma-one-time-store.js'
import { PrismaRateLimitStore } from './prisma-rate-limit-store.js'
import { PrismaRevocationStore } from './prisma-revocation-store.js'
import { PrismaSessionStore } from './prisma-session-store.js'
import { PrismaSigningKeyStore } from './prisma-signing-key-store.js'

/**
 * Creates all stores in PostgreSQL. The tables of `authcore.prisma` must be there; nothing is asked of the database
 * before the first call. A session that ends counts as revoked in the same statement.
 * @param client a generated Prisma client for PostgreSQL, of Prisma 6 or 7
 * @example
 * const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }) })
 * const auth = createAuthCore({ issuer, audience, secrets, stores: prismaStores(prisma) })
 */
export function prismaStores(client: PrismaClientSubset): Required<Stores> {
  return Object.freeze({
    sessions: new PrismaSessionStore(client),
    apiKeys: new PrismaApiKeyStore(client),
    signingKeys: new PrismaSigningKeyStore(client),
    revocations: new PrismaRevocationStore(client),
    oneTime: new PrismaOneTimeStore(client),
    rateLimits: new PrismaRateLimitStore(client),
    documents: new PrismaDocumentStore(client),
  })
}
