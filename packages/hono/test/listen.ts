import { once } from 'node:events'
import { createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import type { ListeningServer } from '@authcore/conformance/node'
import { createAdaptorServer, type ServerType } from '@hono/node-server'
import type { Hono } from 'hono'

/** Serves with `@hono/node-server` on a free port. */
export function listen(
  { fetch }: Pick<Hono, 'fetch'>,
  protocol: 'http/1.1' | 'h2' = 'http/1.1',
): Promise<ListeningServer> {
  return listenOn(
    createAdaptorServer(protocol === 'h2' ? { fetch, createServer: createHttp2Server } : { fetch }),
  )
}

/** Lets a server listen on a free port. */
export async function listenOn(server: ServerType): Promise<ListeningServer> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    // a server that listens on a port has an AddressInfo
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
