import { once } from 'node:events'
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import type { Socket } from 'node:net'
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
import { type OpenConnection, openTcp } from './open-connection.js'
import { rewriteHeaders } from './rewrite-headers.js'

/**
 * Puts a server of HTTP/2 under test. Node's client drops and refuses repeated fields, so the header blocks that it
 * sends are replaced on their way.
 * @param open opens a connection to it; one without TLS unless told
 * @example
 * createServer: async application => http2Server(await listen(http2.createServer(build(application))))
 */
export function http2Server(
  { port, close }: ListeningServer,
  open: OpenConnection = () => openTcp(port),
): AdapterServer {
  return {
    protocol: 'h2',
    async exchange(requests) {
      const { session, next } = startSession(await open())
      const answers: WireAnswer[] = []
      for (const request of requests) {
        next(request)
        answers.push(await exchangeOne(session, request))
      }
      session.destroy()
      return answers
    },
    async abort(request) {
      const { session, next } = startSession(await open())
      next(request)
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
  /** Says what is asked next. */
  next(request: WireRequest): void
}

function startSession(socket: Socket): OpenSession {
  let pending: readonly WireField[] = []
  const outgoing = rewriteHeaders(() => pending)
  outgoing.pipe(socket)
  const session = connect('http://api.example.com', {
    createConnection: () => Duplex.from({ writable: outgoing, readable: socket }),
  })
  session.on('error', () => {})
  return {
    session,
    next: request => {
      pending = toHeaderList(request, 'encrypted' in socket ? 'https' : 'http')
    },
  }
}

/** RFC 9113 section 8.3.1: what begins with a colon comes first. */
function toHeaderList(request: WireRequest, scheme: string): readonly WireField[] {
  return [
    [':method', request.method ?? 'GET'],
    [':scheme', scheme],
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
