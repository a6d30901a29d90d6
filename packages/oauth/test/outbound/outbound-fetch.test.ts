import { createServer as createHttp, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcp } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createOutboundFetch, type OutboundOptions, type OutboundTransport } from '../../src/index.js'
import { createNodeTransport, transport as nodeTransport, type ResolveName } from '../../src/outbound/node.js'
import { transport as webTransport } from '../../src/outbound/web.js'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createHttp(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A timer that the test fires. */
function heldTimeout() {
  const controller = new AbortController()
  return { createTimeout: () => controller.signal, fire: () => controller.abort() }
}

const GET = { method: 'GET', headers: {} } as const

function refusal(reason: string) {
  return expect.objectContaining({
    code: 'provider_unavailable',
    cause: expect.objectContaining({ name: 'OutboundError', reason }),
  })
}

describe.each([
  ['node', nodeTransport],
  ['web', webTransport],
] as const)('by the transport %s', (_, transport) => {
  const loopback = (options: OutboundOptions = {}) =>
    createOutboundFetch({ allowLoopback: true, transport, ...options })

  it('sends method, headers and body, and reads status, headers and body', async () => {
    const origin = await serve(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      response.writeHead(201, { 'x-answer': 'yes' })
      response.end(`${request.method} ${request.headers['x-ask']} ${Buffer.concat(chunks)}`)
    })
    const answer = await loopback()(`${origin}/x`, {
      method: 'POST',
      headers: { 'x-ask': 'please' },
      body: 'grüße',
    })
    expect([answer.status, answer.headers.get('x-answer'), new TextDecoder().decode(answer.body)]).toEqual([
      201,
      'yes',
      'POST please grüße',
    ])
  })

  it('follows no redirect', async () => {
    let asked = 0
    const origin = await serve((_request, response) => {
      asked += 1
      response.writeHead(302, { location: '/other' }).end()
    })
    expect((await loopback()(origin, GET)).status).toBe(302)
    expect(asked).toBe(1)
  })

  it('reads an answer of exactly the limit and none longer', async () => {
    const origin = await serve((request, response) => {
      response.end('x'.repeat(Number(request.url?.slice(1))))
    })
    const fetch = loopback({ maxBytes: 2048 })
    expect((await fetch(`${origin}/2048`, GET)).body).toHaveLength(2048)
    await expect(fetch(`${origin}/2049`, GET)).rejects.toEqual(refusal('too_large'))
  })

  it('an endless answer ends at the limit', async () => {
    const origin = await serve((_request, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write('x'.repeat(1024)));
      }
      response.on('drain', write)
      write()
    })
    await expect(loopback({ maxBytes: 4096 })(origin, GET)).rejects.toEqual(refusal('too_large'))
  })

  it.each([
    ['before anything is answered', false],
    ['in the middle of an answer', true],
  ])('ends when the time is over %s', async (_name, begins) => {
    const held = heldTimeout()
    const origin = await serve((_request, response) => {
      if (begins) response.write('x')
      held.fire()
    })
    await expect(loopback({ createTimeout: held.createTimeout })(origin, GET)).rejects.toEqual(
      refusal('timeout'),
    )
  })

  it('sends nothing when the time is over before', async () => {
    const held = heldTimeout()
    held.fire()
    const origin = await serve((_request, response) => response.end())
    await expect(loopback({ createTimeout: held.createTimeout })(origin, GET)).rejects.toEqual(
      refusal('timeout'),
    )
  })

  it('a connection that breaks is a failure', async () => {
    const server = createTcp(socket => socket.destroy())
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => new Promise(resolve => server.close(() => resolve())))
    const { port } = server.address() as AddressInfo
    await expect(loopback()(`http://127.0.0.1:${port}`, GET)).rejects.toEqual(refusal('network'))
  })

  it('an answer without content is empty', async () => {
    const origin = await serve((_request, response) => response.writeHead(204).end())
    expect(await loopback()(origin, GET)).toMatchObject({ status: 204, body: new Uint8Array() })
  })
})

describe('what URLs are asked', () => {
  const never: OutboundTransport = () => Promise.reject(new Error('asked'))

  it.each([
    'http://op.example.com/',
    'http://localhost/',
    'http://127.0.0.1/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://017700000001/',
    'https://127.0.0.1./',
    'https://[::1]/',
    'https://[::ffff:169.254.169.254]/',
    'https://169.254.169.254/latest/meta-data',
    'https://8.8.8.8/',
    'https://user@op.example.com/',
    'https://user:word@op.example.com/',
    'ftp://op.example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '//op.example.com',
    '',
    `https://op.example.com/${'x'.repeat(8200)}`,
  ])('not %s', async url => {
    await expect(createOutboundFetch({ transport: never })(url, GET)).rejects.toEqual(refusal('url_refused'))
  })

  it.each([
    'https://8.8.8.8/',
    'http://10.0.0.1/',
    'http://op.example.com/',
    'http://localhost.example.com/',
  ])('not %s either where loopback is allowed', async url => {
    const fetch = createOutboundFetch({ transport: never, allowLoopback: true })
    await expect(fetch(url, GET)).rejects.toEqual(refusal('url_refused'))
  })

  it('an answer that an injected transport let grow is refused', async () => {
    const body = new Uint8Array(1025)
    const transport: OutboundTransport = async () => ({ status: 200, headers: new Headers(), body })
    const fetch = createOutboundFetch({ transport, maxBytes: 1024 })
    await expect(fetch('https://op.example.com', GET)).rejects.toEqual(refusal('too_large'))
  })

  it('errors hold neither URL nor body', async () => {
    const { inspect } = await import('node:util')
    const transport: OutboundTransport = () => Promise.reject(new Error('https://op.example.com?secret=1'))
    const error = await createOutboundFetch({ transport })('https://op.example.com/?secret=1', GET).catch(
      (thrown: unknown) => thrown,
    )
    expect(inspect(error, { depth: 5, showHidden: true })).not.toContain('secret')
  })
})

describe('where names lead, at the moment of connecting', () => {
  const resolveTo =
    (...addresses: readonly string[]): ResolveName =>
    (_hostname, done) =>
      done(
        null,
        addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
      )

  it.each([
    [['127.0.0.1']],
    [['169.254.169.254']],
    [['10.0.0.1']],
    [['::1']],
    [['::ffff:127.0.0.1']],
    [['64:ff9b::7f00:1']],
    [['fd00::1']],
    [['93.184.215.14', '127.0.0.1']],
    [['127.0.0.1', '93.184.215.14']],
  ])('%j is refused', async addresses => {
    const transport = createNodeTransport(resolveTo(...addresses))
    const fetch = createOutboundFetch({ transport })
    await expect(fetch('https://op.example.com', GET)).rejects.toEqual(refusal('address_refused'))
  })

  it('nothing is sent to a server that a name leads to by a trick', async () => {
    let connections = 0
    const server = createTcp(() => {
      connections += 1
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => new Promise(resolve => server.close(() => resolve())))
    const { port } = server.address() as AddressInfo
    const fetch = createOutboundFetch({ transport: createNodeTransport(resolveTo('127.0.0.1')) })
    await expect(fetch(`https://op.example.com:${port}`, GET)).rejects.toEqual(refusal('address_refused'))
    expect(connections).toBe(0)
  })

  it('a host of the own network is reached when it was named', async () => {
    const server = createTcp(socket => socket.destroy())
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => new Promise(resolve => server.close(() => resolve())))
    const { port } = server.address() as AddressInfo
    const transport = createNodeTransport(resolveTo('127.0.0.1'))
    const fetch = createOutboundFetch({ transport, privateHosts: ['login.corp.example.com'] })
    // it gets as far as the handshake, which this server ends
    await expect(fetch(`https://login.corp.example.com:${port}`, GET)).rejects.toEqual(refusal('network'))
    await expect(fetch(`https://other.corp.example.com:${port}`, GET)).rejects.toEqual(
      refusal('address_refused'),
    )
  })

  it.each<[string, ResolveName]>([
    ['cannot be resolved', (_hostname, done) => done(new Error('ENOTFOUND'), [])],
    ['stands for nothing', resolveTo()],
  ])('a name that %s is a failure', async (_name, resolve) => {
    const fetch = createOutboundFetch({ transport: createNodeTransport(resolve) })
    await expect(fetch('https://op.example.com', GET)).rejects.toEqual(refusal('network'))
  })
})

it.each<[unknown, string]>([
  [{ privateHosts: ['LOGIN.example.com'] }, 'privateHosts'],
  [{ privateHosts: 'login.example.com' }, 'privateHosts'],
  [{ allowLoopback: 'yes' }, 'allowLoopback'],
  [{ timeoutSeconds: 0 }, 'timeoutSeconds'],
  [{ maxBytes: 5 }, 'maxBytes'],
  [{ createTimeout: 5 }, 'createTimeout'],
  [{ transport: {} }, 'transport'],
  [{ redirect: true }, 'redirect'],
  [null, ''],
])('refuses the options %j', (options, path) => {
  expect(() => createOutboundFetch(options as OutboundOptions)).toThrow(
    expect.objectContaining({ code: 'config_invalid', problems: [expect.objectContaining({ path })] }),
  )
})
