import { connect, createServer, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFaultProxy, type FaultProxy } from '../../src/node/index.js'

const received: string[] = []
let server: Server
let proxy: FaultProxy

beforeEach(async () => {
  received.length = 0
  server = createServer(socket => {
    socket.on('error', () => {})
    socket.on('data', bytes => {
      received.push(bytes.toString())
      socket.write(`answer to ${bytes.toString()}`)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  proxy = await createFaultProxy({ target: { host: '127.0.0.1', port }, delayMs: 5 })
})
afterEach(async () => {
  await proxy.close()
  await new Promise(resolve => server.close(resolve))
})

/** A client that asks one thing after the other. */
function createClient() {
  const socket = connect({ host: proxy.host, port: proxy.port })
  return {
    end: () => socket.destroy(),
    ask: (text: string) =>
      new Promise<string>(resolve => {
        socket.removeAllListeners()
        socket.on('error', error => resolve(`error ${Reflect.get(error, 'code')}`))
        socket.on('close', () => resolve('closed'))
        socket.on('data', bytes => resolve(bytes.toString()))
        socket.write(text)
      }),
  }
}

describe('createFaultProxy', () => {
  it('passes on what comes, until it breaks, and again when it is healed', async () => {
    const client = createClient()
    expect(await client.ask('a')).toBe('answer to a')
    await proxy.faults.inject('reset')
    expect(await client.ask('b')).toMatch(/error|closed/)
    expect(await createClient().ask('c')).toMatch(/error|closed/)
    await proxy.faults.heal()
    expect(await createClient().ask('d')).toBe('answer to d')
    expect(received).toEqual(['a', 'd'])
  })

  it('loses the answer of what has had its effect', async () => {
    const client = createClient()
    await client.ask('a')
    await proxy.faults.inject('lose_answer')
    expect(await client.ask('b')).toMatch(/error|closed/)
    expect(received).toEqual(['a', 'b'])
  })

  it('is slow', async () => {
    await proxy.faults.inject('slow')
    const client = createClient()
    expect(await client.ask('a')).toBe('answer to a')
    client.end()
  })

  it('hangs until it is healed', async () => {
    const client = createClient()
    await client.ask('a')
    await proxy.faults.inject('hang')
    const answer = client.ask('b')
    await proxy.faults.heal()
    expect(await answer).toMatch(/error|closed/)
    expect(received).toEqual(['a'])
  })

  it('ends and starts the server behind it, if it may', async () => {
    const calls: string[] = []
    const restarting = await createFaultProxy({
      target: proxy,
      server: { kill: async () => void calls.push('kill'), restart: async () => void calls.push('restart') },
    })
    expect(proxy.faults.kinds).not.toContain('restart')
    expect(restarting.faults.kinds).toContain('restart')
    await restarting.faults.inject('restart')
    await restarting.faults.heal()
    expect(calls).toEqual(['kill', 'restart'])
    await restarting.close()
  })
})
