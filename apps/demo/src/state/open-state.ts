import { mkdirSync } from 'node:fs'
import type { Stores } from '@authcore/core'
import { prismaStores } from '@authcore/prisma'
import { openEmbedded } from '../database/open-embedded.js'
import { openServer } from '../database/open-server.js'
import { createUserDirectory, type UserDirectory } from '../people/user-directory.js'
import { type ClockMemory, createClockMemory } from './clock-memory.js'
import { openRedis } from './open-redis.js'
import { readSecret } from './read-secret.js'

/** Where everything is kept that outlives the process. */
export interface StateOptions {
  /** Absolute path; holds the embedded database and the root secret. */
  readonly folder: string
  /** A PostgreSQL instead of the embedded one. */
  readonly databaseUrl?: string
  /** Holds revocations, one-time values and rate limits, instead of the database. */
  readonly redisUrl?: string
  /** Begins every key in Redis. */
  readonly redisPrefix: string
  /** The root secret, instead of the one in the folder. */
  readonly secret?: string
}

/** Everything that outlives the process, open. */
export interface DemoState {
  readonly stores: Stores
  readonly users: UserDirectory
  readonly clockMemory: ClockMemory
  readonly secret: string
  close(): Promise<void>
}

/**
 * Opens everything that outlives the process; what is missing is created.
 * @throws StartError when it cannot be had
 */
export async function openState(options: StateOptions): Promise<DemoState> {
  const { folder, databaseUrl, redisUrl, redisPrefix } = options
  if (databaseUrl === undefined || options.secret === undefined) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }
  const redis = redisUrl === undefined ? undefined : await openRedis(redisUrl, redisPrefix)
  try {
    const secret = options.secret ?? readSecret(folder)
    const { client, close } =
      databaseUrl === undefined ? await openEmbedded(folder) : await openServer(databaseUrl)
    return {
      // stores can be mixed, one port at a time
      stores: { ...prismaStores(client), ...redis?.stores },
      users: createUserDirectory(client),
      clockMemory: createClockMemory(client),
      secret,
      close: async () => {
        await Promise.all([close(), redis?.close()])
      },
    }
  } catch (error) {
    await redis?.close()
    throw error
  }
}
