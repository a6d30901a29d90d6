import { connect, createServer, type Socket } from 'node:net'
import type { ServerFaultKind, ServerFaults } from '../faults/server-faults.js'
import type { Address } from './connection.js'
import type { StartedServer } from './server.js'

/** What stands behind the proxy. */
export interface FaultProxyOptions {
  readonly target: Address
  /** The server behind it, if the tests may end it and start it again. */
  readonly server?: Pick<StartedServer, 'kill' | 'restart'>
  /** How long `slow` holds each command back; 50 ms unless told. */
  readonly delayMs?: number
}

/** A proxy between a client and its server that can break. */
export interface FaultProxy extends Address {
  readonly faults: ServerFaults
  close(): Promise<void>
}

interface Connection {
  readonly client: Socket
  readonly server: Socket
}

const KINDS = ['reset', 'lose_answer', 'slow', 'hang'] as const satisfies readonly ServerFaultKind[]

/** Starts a proxy at a spare port of the loopback interface. It knows nothing of the protocol that it passes on. */
export function createFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { target, server, delayMs = 50 } = options
  const connections = new Set<Connection>()
  let fault: ServerFaultKind | undefined

  const end = (connection: Connection): void => {
    connections.delete(connection)
    connection.client.resetAndDestroy()
    connection.server.destroy()
  }
  const endAll = (): void => {
    for (const connection of [...connections]) end(connection)
  }
  const pass = (connection: Connection, bytes: Buffer): void => {
    if (fault === 'slow') setTimeout(() => connection.server.write(bytes), delayMs)
    else if (fault !== 'hang') connection.server.write(bytes)
  }
  const answer = (connection: Connection, bytes: Buffer): void => {
    // what the server answers now was asked before or after: either way it has happened, and nobody hears of it
    if (fault === 'lose_answer') end(connection)
    else if (fault !== 'hang') connection.client.write(bytes)
  }
  const listener = createServer(client => {
    client.on('error', () => {})
    if (fault !== undefined && fault !== 'slow' && fault !== 'hang') {
      client.resetAndDestroy()
      return
    }
    const connection = { client, server: connect(target) }
    connections.add(connection)
    client.on('data', bytes => pass(connection, bytes))
    connection.server.on('data', bytes => answer(connection, bytes))
    connection.server.on('error', () => {})
    client.on('close', () => end(connection))
    connection.server.on('close', () => end(connection))
  })

  const faults: ServerFaults = {
    kinds: server === undefined ? KINDS : [...KINDS, 'restart'],
    async inject(kind) {
      fault = kind
      if (kind === 'reset') endAll()
      if (kind === 'restart') await server?.kill()
    },
    async heal() {
      if (fault === 'restart') await server?.restart()
      // what hangs has lost commands; a client would wait for their answers for ever
      if (fault === 'hang') endAll()
      fault = undefined
    },
  }
  const close = async (): Promise<void> => {
    endAll()
    await new Promise(resolve => listener.close(resolve))
  }
  return new Promise((resolve, reject) => {
    listener.on('error', reject)
    listener.listen(0, '127.0.0.1', () => {
      const address = listener.address()
      if (typeof address !== 'object' || address === null) reject(new Error('The proxy got no port.'))
      else resolve({ host: '127.0.0.1', port: address.port, faults, close })
    })
  })
}
