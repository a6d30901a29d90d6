import type { AdapterServer } from './adapter-server.js'
import { fieldsOf, toAnswer, toBytes, toByteText, type WireAnswer, type WireRequest } from './wire.js'

/** The host that requests of the table name. */
export const HOST: string = 'api.example.com'

/**
 * Puts a Fetch-style application under test without a server: every request becomes a `Request`.
 * @example
 * createServer: application => fetchServer(build(application).fetch)
 */
export function fetchServer(fetch: (request: Request) => Response | Promise<Response>): AdapterServer {
  return {
    protocol: 'fetch',
    async exchange(requests) {
      const answers: WireAnswer[] = []
      for (const request of requests) {
        answers.push(await readResponse(await fetch(toRequest(request, toStream(request, false)))))
      }
      return answers
    },
    async abort(request) {
      const broken = toRequest(request, toStream(request, true))
      // what becomes of the answer is seen by nobody; that the application lives on is what counts
      await Promise.resolve(fetch(broken)).catch(() => {})
    },
    close: () => {},
  }
}

function toRequest(request: WireRequest, body: ReadableStream<Uint8Array> | undefined): Request {
  const { method = 'GET', path } = request
  const headers = new Headers()
  for (const [name, value] of fieldsOf(request)) headers.append(name, value)
  const init = { method, headers, ...(body !== undefined && { body, duplex: 'half' as const }) }
  return new Request(`https://${HOST}${path}`, init)
}

function toStream({ body }: WireRequest, isBroken: boolean): ReadableStream<Uint8Array> | undefined {
  if (body === undefined) return undefined
  const bytes = toBytes(body)
  return new ReadableStream({
    start: controller => {
      controller.enqueue(isBroken ? bytes.subarray(0, bytes.length / 2) : bytes)
      if (isBroken) controller.error(new TypeError('The client has gone away.'))
      else controller.close()
    },
  })
}

async function readResponse(response: Response): Promise<WireAnswer> {
  const body = new Uint8Array(await response.arrayBuffer())
  return toAnswer(response.status, response.headers, toByteText(body))
}
