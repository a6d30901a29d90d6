import { once } from 'node:events'
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { connect as connectSocket } from 'node:net'
import { Duplex } from 'node:stream'
import type { AdapterServer } from '../adapter/adapter-server.js'
import {
  fieldsOf,
  toAnswer,
  toBytes,
  toByteText,
  type WireAnswer,
  type WireField,
  type WireRequest,
} from '../adapter/wire.js'
import type { ListeningServer } from './http-server.js'
import { rewriteHeaders } from './rewrite-headers.js'

/**
 * Puts a server of HTTP/2 without TLS under test. Node's client drops and refuses repeated fields, so the header
 * blocks that it sends are replaced on their way.
 * @example
 * createServer: async application => http2Server(await listen(http2.createServer(build(application))))
 */
export function http2Server({ port, close }: ListeningServer): AdapterServer {
  return {
    protocol: 'h2',
    async exchange(requests) {
      const { session, next } = await open(port)
      const answers: WireAnswer[] = []
      for (const request of requests) {
        next(toHeaderList(request))
        answers.push(await exchangeOne(session, request))
      }
      session.destroy()
      return answers
    },
    async abort(request) {
      const { session, next } = await open(port)
      next(toHeaderList(request))
      const stream = startStream(session, request)
      const bytes = toBytes(request.body ?? '')
      await new Promise<unknown>(resolve => stream.write(bytes.subarray(0, bytes.length / 2), resolve))
      session.destroy()
      await once(stream, 'close')
    },
    close,
  }
}

interface OpenSession {
  readonly session: ClientHttp2Session
  /** Says what stands in the next block of headers. */
  next(fields: readonly WireField[]): void
}

async function open(port: number): Promise<OpenSession> {
  const socket = connectSocket(port, '127.0.0.1')
  await once(socket, 'connect')
  let pending: readonly WireField[] = []
  const outgoing = rewriteHeaders(() => pending)
  outgoing.pipe(socket)
  socket.on('error', () => {})
  const session = connect('http://api.example.com', {
    createConnection: () => Duplex.from({ writable: outgoing, readable: socket }),
  })
  session.on('error', () => {})
  return {
    session,
    next: fields => {
      pending = fields
    },
  }
}

/** RFC 9113 section 8.3.1: what begins with a colon comes first. */
function toHeaderList(request: WireRequest): readonly WireField[] {
  return [
    [':method', request.method ?? 'GET'],
    [':scheme', 'http'],
    [':authority', 'api.example.com'],
    [':path', request.path],
    ...fieldsOf(request),
  ]
}

function startStream(session: ClientHttp2Session, { method = 'GET', body }: WireRequest): ClientHttp2Stream {
  // the client has to know for what it is an answer
  const stream = session.request({ ':method': method, ':path': '/' }, { endStream: body === undefined })
  stream.on('error', () => {})
  return stream
}

async function exchangeOne(session: ClientHttp2Session, request: WireRequest): Promise<WireAnswer> {
  const stream = startStream(session, request)
  const chunks: Uint8Array[] = []
  const fields: WireField[] = []
  let status = 0
  stream.on('response', headers => {
    status = headers[':status'] ?? 0
    for (const [name, value] of Object.entries(headers)) {
      for (const each of [value].flat()) fields.push([name, String(each)])
    }
  })
  stream.on('data', chunk => chunks.push(chunk))
  if (request.body !== undefined) stream.end(toBytes(request.body))
  await once(stream, 'close')
  if (status === 0) throw new Error('The stream ended without an answer.')
  return toAnswer(status, fields, chunks.map(toByteText).join(''))
}
