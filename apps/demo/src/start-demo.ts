import { createServer, type Server } from 'node:http'
import { type AdminLogin, createDemoApp, type DemoAppOptions } from './app.js'
import { createOffsetClock, type OffsetClock } from './offset-clock.js'

const HOST = '127.0.0.1'

/** How long a client may take to hear its answer when the demo stops. */
const STOP_GRACE_MS = 2000

/** What may be told to a demo beside its port. */
export type StartDemoOptions = Omit<DemoAppOptions, 'baseUrl' | 'clock'> & {
  /** 0 lets the system choose. */
  readonly port: number
}

/** A demo that is being served. */
export interface RunningDemo {
  readonly baseUrl: string
  readonly port: number
  readonly clock: OffsetClock
  readonly admin: AdminLogin
  /** Finishes open requests, closes the server, and writes what AuthCore holds in memory. */
  stop(): Promise<void>
}

/**
 * Serves the demo on the loopback interface. A port that is taken is replaced by a free one.
 * @throws what the system says when it cannot listen at all
 */
export async function startDemo({ port, ...options }: StartDemoOptions): Promise<RunningDemo> {
  // tokens name their issuer, so the port must be known before AuthCore is wired
  const server = createServer()
  const boundPort = await listen(server, port)
  const baseUrl = `http://${HOST}:${boundPort}`
  const clock = createOffsetClock()
  const { app, auth, admin } = await createDemoApp({ ...options, baseUrl, clock: clock.now })
  server.on('request', app)
  return {
    baseUrl,
    port: boundPort,
    clock,
    admin,
    stop: async () => {
      await close(server)
      await auth.close()
    },
  }
}

async function listen(server: Server, port: number): Promise<number> {
  try {
    return await tryListen(server, port)
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    if (!isTaken) throw error
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
