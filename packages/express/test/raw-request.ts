import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface RawRequest {
  readonly method?: string
  readonly path: string
  /** Lines of the head as they go over the wire; fields may repeat. */
  readonly lines?: readonly string[]
  readonly body?: string | Uint8Array
}

export interface RawResponse {
  readonly status: number
  /** Lower-case names; without what the server adds to every response. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const OF_THE_SERVER = new Set(['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding'])

/** Sends bytes over a socket, so that nothing is joined, dropped or corrected on the way. */
export async function sendRaw(port: number, request: RawRequest): Promise<RawResponse> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', chunk => chunks.push(chunk))
  socket.on('error', () => {})
  await once(socket, 'connect')
  writeHead(socket, request)
  socket.write(request.body ?? '')
  await once(socket, 'close')
  return parseResponse(Buffer.concat(chunks).toString('latin1'))
}

/** Writes the head of a request that has a body of known length. */
export function writeHead(socket: Socket, { method = 'GET', path, lines = [], body }: RawRequest): void {
  const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: api.example.com',
    'Connection: close',
    ...lines,
    ...length,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`, 'latin1')
}

function parseResponse(text: string): RawResponse {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const fields = lines.map(line => {
    const separator = line.indexOf(':')
    return [line.slice(0, separator).toLowerCase(), line.slice(separator + 1).trim()] as const
  })
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(fields.filter(([name]) => !OF_THE_SERVER.has(name))),
    body: rest.join('\r\n\r\n'),
  }
}
