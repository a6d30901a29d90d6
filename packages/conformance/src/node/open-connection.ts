import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Opens a connection to a server under test. */
export type OpenConnection = () => Promise<Socket>

/** Opens a connection without TLS to a port of this machine. */
export async function openTcp(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  // a server may reset the connection while the rest of a refused body is on its way
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}
