import type { PrismaClient } from './dist/client/client.js'

/** An open database with all tables. */
export interface Database {
  readonly client: PrismaClient
  close(): Promise<void>
}
