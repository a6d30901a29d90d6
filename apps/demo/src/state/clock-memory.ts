import type { PrismaClient } from '../database/dist/client/client.js'

/** Remembers how far a clock has come. */
export interface ClockMemory {
  /** Epoch milliseconds; 0 when nothing was remembered. */
  readLatest(): Promise<number>
  writeLatest(instant: number): Promise<void>
}

const ID = 1

/** Remembers it in the database, beside what was written by that clock. */
export function createClockMemory(client: PrismaClient): ClockMemory {
  return {
    readLatest: async () => {
      const row = await client.demoClock.findUnique({ where: { id: ID } })
      return Number(row?.latestAt ?? 0)
    },
    writeLatest: async instant => {
      const latestAt = BigInt(Math.ceil(instant))
      await client.demoClock.upsert({ where: { id: ID }, create: { id: ID, latestAt }, update: { latestAt } })
    },
  }
}
