import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { AdapterServer } from '../adapter/adapter-server.js'
import { fieldsOf, toAnswer, toFields, type WireAnswer, type WireRequest } from '../adapter/wire.js'
import { type OpenConnection, openTcp } from './open-connection.js'

/** A server that listens on this machine. */
export interface ListeningServer {
  readonly port: number
  close(): void | Promise<void>
}

/**
 * Puts a server of HTTP/1.1 under test, over sockets: nothing is joined, dropped or corrected on the way.
 * @param open opens a connection to it; one without TLS unless told
 * @example
 * createServer: async application => httpServer(await listen(build(application)))
 */
export function httpServer(
  { port, close }: ListeningServer,
  open: OpenConnection = () => openTcp(port),
): AdapterServer {
  return {
    protocol: 'http/1.1',
    async exchange(requests) {
      const socket = await open()
      const reader = readAnswers(socket)
      const answers: WireAnswer[] = []
      for (const [index, request] of requests.entries()) {
        const isLast = index === requests.length - 1
        socket.write(writeRequest(request, isLast), 'latin1')
        answers.push(await reader.next(request, isLast))
      }
      socket.destroy()
      return answers
    },
    async abort(request) {
      const socket = await open()
      const text = writeRequest(request, true)
      const half = text.length - Math.ceil((request.body?.length ?? 0) / 2)
      await new Promise<unknown>(resolve => socket.write(text.slice(0, half), 'latin1', resolve))
      socket.destroy()
      await once(socket, 'close')
    },
    close,
  }
}

function writeRequest(request: WireRequest, isLast: boolean): string {
  const { method = 'GET', path, lines = [], body = '', isChunked } = request
  const [length] = fieldsOf(request).slice(lines.length)
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: api.example.com',
    `Connection: ${isLast ? 'close' : 'keep-alive'}`,
    ...lines,
    ...(length === undefined ? [] : [length.join(': ')]),
    ...(isChunked === true ? ['Transfer-Encoding: chunked'] : []),
  ]
  const chunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
  return `${head.join('\r\n')}\r\n\r\n${isChunked === true ? chunks : body}`
}

interface AnswerReader {
  next(request: WireRequest, isLast: boolean): Promise<WireAnswer>
}

/** Reads answers one by one; the last one has everything up to the end of the connection. */
function readAnswers(socket: Socket): AnswerReader {
  let text = ''
  let wake = (): void => {}
  socket.on('data', chunk => {
    text += chunk.toString('latin1')
    wake()
  })
  socket.on('close', () => wake())
  const more = (): Promise<void> =>
    new Promise(resolve => {
      wake = resolve
      if (socket.destroyed) resolve()
    })
  return {
    async next(request, isLast) {
      for (;;) {
        const isOver = socket.destroyed
        const answer = isLast && !isOver ? undefined : parseAnswer(text, request)
        if (answer !== undefined) {
          const rest = isLast ? text.slice(answer.end) : ''
          text = text.slice(answer.end)
          return toAnswer(answer.status, answer.fields, answer.body + rest)
        }
        if (isOver)
          throw new Error(`The connection ended in the middle of an answer: ${JSON.stringify(text)}`)
        await more()
      }
    },
  }
}

interface ParsedAnswer {
  readonly status: number
  readonly fields: ReturnType<typeof toFields>
  readonly body: string
  /** Where the next answer begins. */
  readonly end: number
}

/** @returns `undefined` until all of it is there */
function parseAnswer(text: string, { method }: WireRequest): ParsedAnswer | undefined {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const [statusLine = '', ...lines] = text.slice(0, headEnd).split('\r\n')
  const status = Number(statusLine.split(' ')[1])
  const fields = toFields(lines)
  const start = headEnd + 4
  const find = (name: string): string | undefined => fields.find(([own]) => own === name)?.[1]
  const hasBody = method !== 'HEAD' && status !== 204 && status !== 304
  if (!hasBody) return { status, fields, body: '', end: start }
  if (find('transfer-encoding') === 'chunked') return withChunks({ status, fields }, text, start)
  const end = start + Number(find('content-length') ?? text.length - start)
  return text.length < end ? undefined : { status, fields, body: text.slice(start, end), end }
}

function withChunks(
  answer: Pick<ParsedAnswer, 'status' | 'fields'>,
  text: string,
  start: number,
): ParsedAnswer | undefined {
  let body = ''
  let at = start
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at)
    const length = Number.parseInt(text.slice(at, lineEnd), 16)
    const end = lineEnd + 2 + length
    if (lineEnd < 0 || text.length < end + 2) return undefined
    body += text.slice(lineEnd + 2, end)
    at = end + 2
    if (length === 0) return { ...answer, body, end: at }
  }
}
