import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { readFetchBody } from '../src/fetch-body.js'
import { readNodeBody, readNodeConnection, readNodeRequest } from '../src/index.js'
import { codeOf } from './fixture.js'

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

describe('a request of Node', () => {
  it('shows fields that came more than once, which `headers` drops', () => {
    const headers = { authorization: 'Bearer a', cookie: 'a=b; c=d', host: 'h' }
    const rawHeaders = [
      'Authorization',
      'Bearer a',
      'authorization',
      'Bearer b',
      'Cookie',
      'a=b',
      'Cookie',
      'c=d',
    ]
    expect(readNodeRequest({ method: 'POST', headers, rawHeaders }, '/a?b')).toEqual({
      method: 'POST',
      url: '/a?b',
      headers: { authorization: ['Bearer a', 'Bearer b'], cookie: ['a=b', 'c=d'], host: 'h' },
      isEncrypted: false,
    })
  })

  it('keeps away what a middleware took away, and may be made up', () => {
    const rawHeaders = ['X-Api-Key', 'a', 'X-Api-Key', 'b', 'Odd']
    expect(readNodeRequest({ headers: {}, rawHeaders }, '/').headers).toEqual({})
    expect(readNodeRequest({ headers: { host: 'h' } }, '/')).toMatchObject({
      method: 'GET',
      headers: { host: 'h' },
    })
  })

  it('leaves out what HTTP/2 says of the request itself', () => {
    const headers = { ':method': 'GET', ':path': '/a', ':authority': 'h', accept: '*/*' }
    expect(readNodeRequest({ headers }, '/a').headers).toEqual({ accept: '*/*' })
  })

  it('tells of the connection what TLS has proved, and of certificates nothing else', () => {
    const raw = Uint8Array.of(1, 2)
    const socket = { remoteAddress: '192.0.2.1', encrypted: true, getPeerCertificate: () => ({ raw }) }
    expect(readNodeConnection({ ...socket, authorized: true })).toEqual({
      ip: '192.0.2.1',
      isEncrypted: true,
      clientCertificate: raw,
    })
    expect(readNodeConnection({ ...socket, authorized: false })).toEqual({
      ip: '192.0.2.1',
      isEncrypted: true,
    })
    expect(readNodeConnection({ authorized: true, getPeerCertificate: () => null })).toEqual({
      isEncrypted: false,
    })
    expect(readNodeConnection(undefined)).toEqual({ isEncrypted: false })
  })
})

describe('a body of Node', () => {
  it('is read in pieces, up to the limit', async () => {
    const stream = Readable.from([Buffer.from('ab'), Buffer.from('c')], { objectMode: false })
    expect(text(await readNodeBody(stream, 3))).toBe('abc')
    const large = Readable.from([Buffer.from('ab'), Buffer.from('cd')], { objectMode: false })
    expect(await codeOf(readNodeBody(large, 3))).toBe('request_body_too_large')
  })

  it('is malformed when the client went away, before or in the middle', async () => {
    const gone = new PassThrough()
    gone.destroy()
    expect(await codeOf(readNodeBody(gone, 3))).toBe('request_body_malformed')
    const half = new PassThrough()
    const read = codeOf(readNodeBody(half, 3))
    half.write('a')
    half.destroy()
    expect(await read).toBe('request_body_malformed')
  })
})

describe('a body of Fetch', () => {
  const bodyOf = (content: string) => new Request('https://a/', { method: 'POST', body: content }).body

  it('is read up to the limit, and may be absent', async () => {
    expect(text(await readFetchBody(bodyOf('abc'), 3))).toBe('abc')
    expect(text(await readFetchBody(null, 3))).toBe('')
    expect(await codeOf(readFetchBody(bodyOf('abcd'), 3))).toBe('request_body_too_large')
  })

  it('is malformed when it breaks, and refused when it is too large although it never ends', async () => {
    const broken = new ReadableStream<Uint8Array>({ pull: controller => controller.error(new Error('gone')) })
    expect(await codeOf(readFetchBody(broken, 3))).toBe('request_body_malformed')
    const endless = new ReadableStream<Uint8Array>({
      pull: controller => controller.enqueue(Uint8Array.of(1, 2)),
      cancel: () => Promise.reject(new Error('never')),
    })
    expect(await codeOf(readFetchBody(endless, 3))).toBe('request_body_too_large')
  })
})
