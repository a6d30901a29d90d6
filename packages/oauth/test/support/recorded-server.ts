import type { AuthRoutes } from '@authcore/http'
import { BASE } from './fixture.js'

/** What a server sent. */
export interface Answer {
  readonly status: number
  /** By name in lower case; cookies are an array. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string
}

/** An answer without what is another one each time. */
export interface RecordedAnswer extends Answer {
  readonly request: string
}

/** A server as a plain client sees it. It answers in the place of `https://shop.example.com`. */
export interface RecordedServer extends Pick<AuthRoutes, 'handle'> {
  /** All answers so far, in order. */
  readonly answers: readonly RecordedAnswer[]
  send(
    method: string,
    path: string,
    headers?: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<Answer>
}

/** What servers say about the connection and about themselves. */
const OWN_HEADERS = [
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
  'x-powered-by',
]

/** Speaks to a server on loopback and writes down what it answers. */
export function recordServer(port: number): RecordedServer {
  const answers: RecordedAnswer[] = []
  const send: RecordedServer['send'] = async (method, path, headers = {}, body) => {
    const form = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...form, ...headers },
      ...(body !== undefined && { body }),
    })
    const answer = {
      status: response.status,
      headers: {
        ...Object.fromEntries(response.headers),
        ...(response.headers.has('set-cookie') && { 'set-cookie': response.headers.getSetCookie() }),
      },
      body: await response.text(),
    }
    answers.push(toRecord(`${method} ${path}`, answer))
    return answer
  }
  return {
    answers,
    send,
    handle: async ({ method, url = BASE, headers, readBody }) => {
      const { pathname, search } = new URL(url)
      const sent = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)])
      const text = method === 'POST' ? String(await readBody?.(8192)) : undefined
      return send(method, pathname + search, Object.fromEntries(sent), text)
    },
  }
}

function toRecord(request: string, { status, headers, body }: Answer): RecordedAnswer {
  const isOwnPage = request.startsWith('GET /me')
  // what a handler of the application sends has the headers of its framework
  const kept = isOwnPage ? [] : Object.entries(headers).filter(([name]) => !OWN_HEADERS.includes(name))
  const masked = kept.map(([name, value]): [string, string] => [name, mask([value].flat().join('\n'))])
  return { request: mask(request), status, headers: Object.fromEntries(masked), body: mask(body) }
}

/** Random text has a digit or a capital in it, which no name of this protocol has; and so have instants. */
function mask(text: string): string {
  return text
    .replace(/(?<![\w-])(?=[a-z_-]*[A-Z0-9])[\w-]{20,}/g, '<random>')
    .replace(/\b1\d{9}(?:\d{3})?\b/g, '<instant>')
}
