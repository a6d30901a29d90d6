import { createServer, type Server } from 'node:http'
import type { Clock } from '@authcore/core'
import { createDemoApp, type DemoAppOptions } from './app.js'
import { startHousekeeping } from './housekeeping.js'
import { type InnerService, startInnerService } from './inner-service/inner-service.js'
import { createOffsetClock, type OffsetClock } from './offset-clock.js'
import { closeServer, HOST, listen } from './server-socket.js'
import { StartError } from './start-error.js'
import type { DemoState } from './state/open-state.js'

/** What may be told to a demo beside its port. */
export type StartDemoOptions = Omit<DemoAppOptions, 'baseUrl' | 'innerServiceUrl' | 'clock' | 'state'> & {
  /** 0 lets the system choose. */
  readonly port: number
  /** Fails when the port is taken, instead of taking another one: what was issued names its issuer by the port. */
  readonly isPortFixed?: boolean
  /** Stays the caller's to close. */
  readonly state: DemoState
  /** Epoch milliseconds; that of the system unless told. */
  readonly systemClock?: Clock
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
  /** Prints every mail from now on. */
  showMails(): void
  /** Finishes open requests, closes the servers, and writes what is held in memory. */
  stop(): Promise<void>
}

/**
 * Serves the demo on the loopback interface. A port that is taken is replaced by a free one.
 * @throws what the system says when it cannot listen at all
 */
export async function startDemo(options: StartDemoOptions): Promise<RunningDemo> {
  // tokens name their issuer, so the port must be known before AuthCore is wired
  const server = createServer()
  const port = await listenOrReplace(server, options)
  try {
    return await serve(server, port, options)
  } catch (error) {
    await closeServer(server)
    throw error
  }
}

async function serve(server: Server, port: number, options: StartDemoOptions): Promise<RunningDemo> {
  const { state, systemClock, report = console.error } = options
  const baseUrl = `http://${HOST}:${port}`
  const clock = createOffsetClock({
    notBefore: await state.clockMemory.readLatest(),
    ...(systemClock !== undefined && { systemClock }),
  })
  const inner = await startInnerService({ issuer: baseUrl, clock: clock.now, report })
  const { listener, auth, showMails, housekeeping } = await wire({ ...options, baseUrl, clock, inner }).catch(
    async (error: unknown) => {
      await inner.stop()
      throw error
    },
  )
  server.on('request', listener)
  return {
    baseUrl,
    port,
    clockOffsetSeconds: () => clock.offsetSeconds,
    advanceClock: housekeeping.advanceClock,
    showMails,
    stop: async () => {
      await closeServer(server)
      await inner.stop()
      await auth.close()
      await housekeeping.stop()
    },
  }
}

type Wiring = Omit<StartDemoOptions, 'port'> & {
  readonly baseUrl: string
  readonly clock: OffsetClock
  readonly inner: InnerService
}

async function wire(options: Wiring) {
  const { clock, inner, state, report = console.error, housekeepingMs } = options
  const app = await createDemoApp({ ...options, clock: clock.now, innerServiceUrl: inner.url })
  const housekeeping = await startHousekeeping({
    sweep: app.cleanUp,
    clock,
    clockMemory: state.clockMemory,
    report,
    ...(housekeepingMs !== undefined && { intervalMs: housekeepingMs }),
  })
  return { ...app, housekeeping }
}

async function listenOrReplace(server: Server, { port, isPortFixed }: StartDemoOptions): Promise<number> {
  try {
    return await listen(server, port)
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    if (!isTaken) throw error
    if (isPortFixed) throw new StartError(`Port ${port} is taken.`)
    return listen(server, 0)
  }
}
