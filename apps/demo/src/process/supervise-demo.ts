import type { WalkServer } from '../walk/walk-server.js'
import type { ServerStart } from './server-protocol.js'
import { type ServerProcess, startServerProcess } from './start-server-process.js'

/** A demo in another process, which can be replaced by a new one on the same data. */
export interface DemoSupervisor extends WalkServer {
  readonly port: number
  /** By how much the clock of the demo is ahead of the system's. */
  readonly clockOffsetSeconds: () => number
  /** Prints every mail from now on. */
  showMails(): Promise<void>
  /** Resolves when a process ends that was not told to. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

/**
 * Starts the demo in another process.
 * @param program path of the built module that serves
 * @throws StartError when it cannot start, for a reason that the caller can do something about
 */
export async function superviseDemo(
  program: string,
  start: Omit<ServerStart, 'isPortFixed'>,
): Promise<DemoSupervisor> {
  const ended = createSignal()
  let isStopping = false
  const launch = async (options: ServerStart): Promise<ServerProcess> => {
    const launched = await startServerProcess(program, options)
    void launched.ended.then(() => {
      if (!isStopping) ended.resolve()
    })
    isStopping = false
    return launched
  }
  const end = async (): Promise<void> => {
    isStopping = true
    await server.stop()
  }

  let server = await launch({ ...start, isPortFixed: false })
  let { clockOffsetSeconds } = server
  const { baseUrl, port } = server
  return {
    baseUrl,
    port,
    clockOffsetSeconds: () => clockOffsetSeconds,
    advanceClock: async seconds => {
      const status = await server.advanceClock(seconds)
      clockOffsetSeconds = status.clockOffsetSeconds
    },
    restart: async () => {
      const before = describe(server)
      await end()
      server = await launch({ ...start, port, isPortFixed: true })
      clockOffsetSeconds = server.clockOffsetSeconds
      return { before, after: describe(server) }
    },
    showMails: async () => {
      await server.showMails()
    },
    ended: ended.promise,
    stop: end,
  }
}

function describe({ processId }: ServerProcess): string {
  return `process ${processId}`
}

function createSignal(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {}
  const promise = new Promise<void>(settle => {
    resolve = settle
  })
  return { promise, resolve }
}
