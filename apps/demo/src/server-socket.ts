import type { Server } from 'node:http'

/** Nobody but this machine reaches what the demo serves. */
export const HOST = '127.0.0.1'

/** How long a client may take to hear its answer when a server stops. */
const STOP_GRACE_MS = 2000

/**
 * Listens on the loopback interface.
 * @param port 0 lets the system choose
 * @returns the port
 * @throws what the system says when it cannot listen there
 */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: HOST }, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

/** Finishes open requests and closes the server. */
export function closeServer(server: Server): Promise<void> {
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
