import { createServer as createHttp, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcp, type Server } from 'node:net'
import { StoreError } from '@authcore/core'
import { createOutboundFetch, OutboundError, type OutboundOptions } from '@authcore/oauth'
import { type Check, expectEqual } from '../check.js'

const GET = { method: 'GET', headers: {} } as const

/**
 * Requests of `@authcore/oauth` where it connects by itself: Node, Bun and Deno. Servers of loopback answer; what is
 * sent to a name is refused because of the address that the system resolves it to.
 */
export const outboundChecks: readonly Check[] = [
  {
    name: 'a name that stands for a private address is refused before anything is connected to',
    run: async () => {
      let connections = 0
      const server = createTcp(socket => {
        connections += 1
        socket.on('error', () => {})
        socket.end()
      })
      await withServer(server, async port => {
        const url = `https://localhost:${port}/`
        expectEqual(await outcomeOf({}, url), 'address_refused', 'localhost')
        // a host that was named is connected to; this one speaks no TLS
        expectEqual(await outcomeOf({ privateHosts: ['localhost'] }, url), 'network', 'privateHosts')
        expectEqual(connections, 1, 'connections')
      })
    },
  },
  {
    name: 'a request to a provider arrives as it was sent, and its answer comes whole',
    run: () =>
      withAnswers(
        async (request, response) => {
          const chunks: Uint8Array[] = []
          for await (const chunk of request) chunks.push(chunk)
          response.writeHead(201, { 'x-answer': 'yes' })
          response.end(`${request.method} ${request.headers['x-ask']} ${Buffer.concat(chunks)}`)
        },
        async origin => {
          const fetch = createOutboundFetch({ allowLoopback: true })
          const request = { method: 'POST', headers: { 'x-ask': 'please' }, body: 'grüße' } as const
          const { status, headers, body } = await fetch(`${origin}/x`, request)
          const seen = [status, headers.get('x-answer'), new TextDecoder().decode(body)]
          expectEqual(seen, [201, 'yes', 'POST please grüße'], 'answer')
        },
      ),
  },
  {
    name: 'a redirect of a provider is followed by nobody',
    run: async () => {
      let asked = 0
      const redirect: RequestListener = (_request, response) => {
        asked += 1
        response.writeHead(302, { location: '/other' }).end()
      }
      await withAnswers(redirect, async origin => {
        expectEqual(await outcomeOf({ allowLoopback: true }, origin), '302', 'answer')
        expectEqual(asked, 1, 'requests')
      })
    },
  },
  {
    name: 'an answer of a provider is read up to its limit, also one without an end',
    run: () =>
      withAnswers(answerLength, async origin => {
        const limited = { allowLoopback: true, maxBytes: 4096 }
        expectEqual(await outcomeOf(limited, `${origin}/4096`), '200', 'at the limit')
        expectEqual(await outcomeOf(limited, `${origin}/4097`), 'too_large', 'above it')
        expectEqual(await outcomeOf(limited, `${origin}/endless`), 'too_large', 'without an end')
      }),
  },
  {
    name: 'a request to a provider ends when its time is over, before or within the answer',
    run: async () => {
      for (const begins of [false, true]) {
        const controller = new AbortController()
        const hang: RequestListener = (_request, response) => {
          if (begins) response.write('x')
          controller.abort()
        }
        await withAnswers(hang, async origin => {
          const held = { allowLoopback: true, createTimeout: () => controller.signal }
          expectEqual(await outcomeOf(held, origin), 'timeout', begins ? 'within' : 'before')
        })
      }
    },
  },
]

const answerLength: RequestListener = (request, response) => {
  const length = Number(request.url?.slice(1))
  if (Number.isInteger(length)) {
    response.end('x'.repeat(length))
    return
  }
  const write = (): void => {
    while (!response.destroyed && response.write('x'.repeat(1024)));
  }
  response.on('drain', write)
  write()
}

/** The status of the answer, or why there is none. */
async function outcomeOf(options: OutboundOptions, url: string): Promise<string> {
  try {
    return String((await createOutboundFetch(options)(url, GET)).status)
  } catch (error) {
    if (error instanceof StoreError && error.cause instanceof OutboundError) return error.cause.reason
    throw error
  }
}

function withAnswers(listener: RequestListener, use: (origin: string) => Promise<void>): Promise<void> {
  return withServer(createHttp(listener), port => use(`http://127.0.0.1:${port}`))
}

async function withServer(server: Server, use: (port: number) => Promise<void>): Promise<void> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  try {
    // a server that listens on a port has an AddressInfo
    await use((server.address() as AddressInfo).port)
  } finally {
    server.close()
  }
}
