import { once } from 'node:events'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import type { AdapterProtocol } from '../../adapter/adapter-server.js'
import type { TlsParties, TlsSender } from './tls-clients.js'

/** A server that somebody connects to. */
export interface TlsEndpoint {
  readonly port: number
  readonly protocol: Exclude<AdapterProtocol, 'fetch'>
  readonly parties: TlsParties
}

/**
 * Opens a connection with TLS as one of the clients.
 * @throws Error when the server has another protocol, or does not go on with a session
 */
export async function openTls(
  { port, protocol, parties }: TlsEndpoint,
  { client, isResumed = false }: TlsSender,
): Promise<TLSSocket> {
  const identity = client && parties.clients[client]
  const options: ConnectionOptions = {
    host: '127.0.0.1',
    port,
    ca: parties.ca,
    ALPNProtocols: [protocol],
    ...(identity && { cert: identity.cert, key: identity.key }),
  }
  const socket = await open({ ...options, ...(isResumed && { session: await takeSession(options) }) })
  if (socket.alpnProtocol !== protocol) throw new Error(`The server has no ${protocol}.`)
  if (socket.isSessionReused() !== isResumed) throw new Error('The server does not go on with sessions.')
  return socket
}

async function takeSession(options: ConnectionOptions): Promise<Buffer> {
  const socket = connect(options)
  socket.on('error', () => {})
  // with TLS 1.3 it comes after the handshake
  const [session] = await once(socket, 'session')
  socket.destroy()
  return session
}

async function open(options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect(options)
  // a server may reset the connection while the rest of a refused body is on its way
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  return socket
}
