import type { AdminLogin } from '../../src/app.js'
import { type StartDemoOptions, startDemo } from '../../src/start-demo.js'
import { type DemoState, openState, type StateOptions } from '../../src/state/open-state.js'
import type { WalkServer } from '../../src/walk/walk-server.js'
import { createDataFolder } from './data-folder.js'

/** What may be told to a demo under test. */
export type TestDemoOptions = Pick<
  StartDemoOptions,
  'framework' | 'hasher' | 'print' | 'report' | 'systemClock'
> & {
  /** Replaces stores by ones that misbehave, also after every restart. */
  readonly spoil?: (state: DemoState) => DemoState
  /** What comes over the data between two starts. */
  readonly beforeRestart?: (folder: string) => void
}

/** A demo in this process, on data of its own. */
export interface TestDemo extends WalkServer {
  readonly admin: AdminLogin
  /** Prints every mail from now on, until the next restart. */
  showMails(): void
  /** The data go with it. */
  stop(): Promise<void>
}

const ADMIN: AdminLogin = { email: 'admin@example.com', password: 'the admin of the tests' }

const HOUR_MS = 3_600_000

/** Starts a demo on an embedded database. A restart opens everything anew: database, client, AuthCore. */
export async function startTestDemo({
  spoil = state => state,
  beforeRestart = () => {},
  ...options
}: TestDemoOptions = {}): Promise<TestDemo> {
  const folder = createDataFolder()
  const stateOptions: StateOptions = { folder: folder.path, redisPrefix: 'unused' }
  let starts = 0
  const start = async (port: number) => {
    const state = await openState(stateOptions)
    const demo = await startDemo({
      ...options,
      port,
      admin: ADMIN,
      state: spoil(state),
      // on a busy machine a walk takes minutes, and the clean-up that it asks for is its own
      housekeepingMs: HOUR_MS,
    })
    starts += 1
    return {
      ...demo,
      stop: async () => {
        await demo.stop()
        await state.close()
      },
    }
  }

  let running = await start(0)
  const { baseUrl, port } = running
  return {
    baseUrl,
    admin: ADMIN,
    advanceClock: seconds => running.advanceClock(seconds),
    showMails: () => running.showMails(),
    restart: async () => {
      const before = `start ${starts}`
      await running.stop()
      beforeRestart(folder.path)
      running = await start(port)
      return { before, after: `start ${starts}` }
    },
    stop: async () => {
      await running.stop()
      folder.remove()
    },
  }
}
