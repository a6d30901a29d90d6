import { fork } from 'node:child_process'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import type { Operation } from '../harness/operation.js'

/** As many requests are under way at once. */
const CONNECTIONS = 32

/** A server that listens, and how it ends. */
export interface RunningServer {
  readonly port: number
  close(): Promise<void>
}

/** What stands in a request beside its path. */
export type RequestHeaders = Readonly<Record<string, string>>

/**
 * An operation of which one is a request to a server in this process, sent by another process: so the CPU time of this
 * one is what the server takes.
 * @param headers of each request, taken in turn
 */
export async function loadServer(
  server: RunningServer,
  headers: readonly RequestHeaders[],
): Promise<Operation> {
  const child = fork(join(dirname(process.argv[1] ?? ''), 'load-process.js'), { execArgv: [] })
  const ask = (message: object): Promise<void> =>
    new Promise((resolve, reject) => {
      child.once('message', (answer: { readonly type: string; readonly message?: string }) =>
        answer.type === 'done' ? resolve() : reject(new Error(answer.message)),
      )
      child.send(message)
    })
  await ask({ port: server.port, connections: CONNECTIONS, requests: headers.map(toRequest) })
  return {
    prepareBatch: count => () => ask({ count }),
    async close() {
      child.kill()
      await server.close()
    },
  }
}

/** Starts a server of node:http on a port that is free. */
export async function listen(server: Server): Promise<RunningServer> {
  keepConnections(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // a server that listens on a port has an address of this form
  const { port } = server.address() as AddressInfo
  return {
    port,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** Connections wait while other subjects have their turn; a server would close them after five seconds. */
export function keepConnections(server: Server): void {
  server.keepAliveTimeout = 0
}

function toRequest(headers: RequestHeaders): string {
  const fields = Object.entries({ host: '127.0.0.1', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  return `GET /me HTTP/1.1\r\n${fields.join('')}\r\n`
}
