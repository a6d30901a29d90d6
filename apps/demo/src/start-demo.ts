import { createServer, type Server } from 'node:http'
import { createDemoApp, type DemoAppOptions } from './app.js'
import { startHousekeeping } from './housekeeping.js'
import { createOffsetClock } from './offset-clock.js'
import { StartError } from './start-error.js'
import type { DemoState } from './state/open-state.js'

const HOST = '127.0.0.1'

/** How long a client may take to hear its answer when the demo stops. */
const STOP_GRACE_MS = 2000

/** What may be told to a demo beside its port. */
export type StartDemoOptions = Omit<DemoAppOptions, 'baseUrl' | 'clock' | 'state'> & {
  /** 0 lets the system choose. */
  readonly port: number
  /** Fails when the port is taken, instead of taking another one: what was issued names its issuer by the port. */
  readonly isPortFixed?: boolean
  /** Stays the caller's to close. */
  readonly state: DemoState
  /** How often expired rows are deleted; a minute unless told. */
  readonly housekeepingMs?: number
}

/** A demo that is being served. */
export interface RunningDemo {
  readonly baseUrl: string
  readonly port: number
  /** By how much its clock is ahead of the system's. */
  readonly clockOffsetSeconds: () => number
  advanceClock(seconds: number): Promise<void>
  /** Finishes open requests, closes the server, and writes what is held in memory. */
  stop(): Promise<void>
}

/**
 * Serves the demo on the loopback interface. A port that is taken is replaced by a free one.
 * @throws what the system says when it cannot listen at all
 */
export async function startDemo(options: StartDemoOptions): Promise<RunningDemo> {
  // tokens name their issuer, so the port must be known before AuthCore is wired
  const server = createServer()
  const port = await listen(server, options)
  try {
    return await serve(server, port, options)
  } catch (error) {
    await close(server)
    throw error
  }
}

async function serve(server: Server, port: number, options: StartDemoOptions): Promise<RunningDemo> {
  const { state, report = console.error, housekeepingMs } = options
  const baseUrl = `http://${HOST}:${port}`
  const clock = createOffsetClock({ notBefore: await state.clockMemory.readLatest() })
  const { app, auth, cleanUp } = await createDemoApp({ ...options, baseUrl, clock: clock.now })
  const housekeeping = await startHousekeeping({
    sweep: cleanUp,
    clock,
    clockMemory: state.clockMemory,
    report,
    ...(housekeepingMs !== undefined && { intervalMs: housekeepingMs }),
  })
  server.on('request', app)
  return {
    baseUrl,
    port,
    clockOffsetSeconds: () => clock.offsetSeconds,
    advanceClock: housekeeping.advanceClock,
    stop: async () => {
      await close(server)
      await auth.close()
      await housekeeping.stop()
    },
  }
}

async function listen(server: Server, { port, isPortFixed }: StartDemoOptions): Promise<number> {
  try {
    return await tryListen(server, port)
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    if (!isTaken) throw error
    if (isPortFixed) throw new StartError(`Port ${port} is taken.`)
    return tryListen(server, 0)
  }
}

function tryListen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: HOST }, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS)
    server.close(error => {
      clearTimeout(deadline)
      if (error === undefined) resolve()
      else reject(error)
    })
    server.closeIdleConnections()
  })
}
