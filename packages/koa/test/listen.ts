import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo, Server, Socket } from 'node:net'

export type Listener = (request: IncomingMessage, response: ServerResponse) => void

export interface Listening {
  readonly port: number
  close(): Promise<void>
}

/** Serves over HTTP/1.1 on a free port. */
export function listen(listener: Listener): Promise<Listening> {
  return listenOn(createServer(listener))
}

/** Serves over HTTP/2 without TLS on a free port. */
export function listenHttp2(listener: Listener): Promise<Listening> {
  // Koa takes the requests and responses of HTTP/2 as they are
  return listenOn(createHttp2Server(listener as never))
}

/** Lets a server listen on a free port. */
export async function listenOn(server: Server): Promise<Listening> {
  const sockets = new Set<Socket>()
  server.on('connection', socket => {
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
