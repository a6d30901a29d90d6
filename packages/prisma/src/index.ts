/**
 * Stores of AuthCore in PostgreSQL, through any Prisma client.
 * @module
 */
export { PrismaApiKeyStore } from './prisma-api-key-store.js'
export type { PrismaClientSubset } from './prisma-client.js'
export { PrismaDocumentStore } from './prisma-document-store.js'
export { PrismaOneTimeStore } from './prisma-one-time-store.js'
export { PrismaRateLimitStore } from './prisma-rate-limit-store.js'
export { PrismaRevocationStore } from './prisma-revocation-store.js'
export { PrismaSessionStore } from './prisma-session-store.js'
export { PrismaSigningKeyStore } from './prisma-signing-key-store.js'
export { prismaStores } from './prisma-stores.js'
