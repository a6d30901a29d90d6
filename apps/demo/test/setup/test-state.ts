import { prismaStores } from '@authcore/prisma'
import type { Database } from '../../src/database/database.js'
import { openEmbedded } from '../../src/database/open-embedded.js'
import { createUserDirectory } from '../../src/people/user-directory.js'
import { createClockMemory } from '../../src/state/clock-memory.js'
import type { DemoState } from '../../src/state/open-state.js'
import { createDataFolder } from './data-folder.js'

/** A state that many tests use, one after the other. */
export interface TestState extends DemoState {
  empty(): Promise<void>
}

const TABLES = [
  ...['authcore_session', 'authcore_api_key', 'authcore_signing_key_ring', 'authcore_revocation'],
  ...['authcore_one_time', 'authcore_rate_limit', 'authcore_document', 'demo_user', 'demo_clock'],
]

/** Opens an embedded database of this file's own. */
export async function openTestState(): Promise<TestState> {
  const folder = createDataFolder()
  const database = await openEmbedded(folder.path)
  const close = async (): Promise<void> => {
    await database.close()
    folder.remove()
  }
  const empty = async (): Promise<void> => {
    await database.client.$executeRawUnsafe(`TRUNCATE ${TABLES.join(', ')}`)
  }
  return { ...toState(database), close, empty }
}

/** Puts a state together from an open database. */
export function toState({ client, close }: Database): DemoState {
  return {
    stores: prismaStores(client),
    users: createUserDirectory(client),
    clockMemory: createClockMemory(client),
    secret: 'hJ0mZ1vXcQ8rT5uYwA3eKp7LdNs9BgFi2oCxVkMtSjE',
    close,
  }
}
