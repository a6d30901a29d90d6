import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { backend } from '../../src/crypto/node.js'
import { StoreError } from '../../src/errors.js'
import type { JsonObject } from '../../src/json.js'
import {
  type CreateRemoteJwkSetOptions,
  createRemoteJwkSet,
  type FetchResponse,
  importKey,
  type JwsHeader,
  verifyJwt,
} from '../../src/jwt.js'
import { systemTimeout } from '../../src/ports/defaults.js'
import { SECRET, signText } from './tokens.js'

const URL_OF_SET = 'https://issuer.example/jwks.json'
let now = 0
let requests: { url: string; init: object }[] = []
let timeouts: AbortController[] = []
let answer: () => FetchResponse | Promise<FetchResponse>
let publicJwk: JsonObject
let privateJwk: JsonObject

beforeAll(async () => {
  const pair = await backend.generateKey('ES256')
  privateJwk = pair.privateJwk
  publicJwk = pair.publicJwk ?? {}
})

beforeEach(() => {
  now = 1_700_000_000_000
  requests = []
  timeouts = []
  answer = () => setOf('a')
})

function setOf(...kids: readonly string[]): FetchResponse {
  return jsonOf({ keys: kids.map(kid => ({ ...publicJwk, kid })) })
}

function jsonOf(content: unknown): FetchResponse {
  return new Response(JSON.stringify(content))
}

function create(options: Partial<CreateRemoteJwkSetOptions> = {}) {
  return createRemoteJwkSet({
    url: URL_OF_SET,
    clock: () => now,
    async fetch(url, init) {
      requests.push({ url, init })
      return answer()
    },
    createTimeout() {
      const controller = new AbortController()
      timeouts.push(controller)
      return controller.signal
    },
    ...options,
  })
}

function header(kid?: string): JwsHeader {
  return { alg: 'ES256', ...(kid !== undefined && { kid }) }
}

function advance(seconds: number): void {
  now += seconds * 1000
}

function fail(): never {
  throw new TypeError('network away')
}

const STATUS = 'the JWK set was not answered with status 200'
const CONTENT = 'the answer is not a JWK set'
const LATE = 'the JWK set did not arrive in time'
const UNAVAILABLE = expect.objectContaining({ code: 'jwk_set_unavailable' })

describe('finding keys', () => {
  it('fetches when first asked, without credentials and redirects, and then remembers', async () => {
    const set = create()
    expect(requests).toHaveLength(0)
    const key = await set.findKey(header('a'))
    expect(key).toMatchObject({ algorithm: 'ES256', kid: 'a', type: 'public' })
    expect(await set.findKey(header('a'))).toBe(key)
    expect(await set.findKey(header())).toBe(key)
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatchObject({
      url: URL_OF_SET,
      init: {
        method: 'GET',
        redirect: 'manual',
        headers: { accept: 'application/jwk-set+json, application/json' },
      },
    })
  })

  it('fetches once for any number of waiting callers', async () => {
    const set = create()
    const keys = await Promise.all(Array.from({ length: 20 }, () => set.findKey(header('a'))))
    expect(new Set(keys).size).toBe(1)
    expect(requests).toHaveLength(1)
  })

  it('fetches again after the age, counted from the request', async () => {
    const set = create()
    await set.findKey(header('a'))
    advance(599.999)
    await set.findKey(header('a'))
    expect(requests).toHaveLength(1)
    advance(0.001)
    answer = () => setOf('b')
    expect(await set.findKey(header('a'))).toBeUndefined()
    expect(requests).toHaveLength(2)
  })

  it('asks once more for an unknown kid, then not before the cooldown is over', async () => {
    const set = create()
    await set.findKey(header('a'))
    answer = () => setOf('a', 'b')
    expect(await set.findKey(header('b'))).toBeDefined()
    expect(requests).toHaveLength(2)
    expect(await set.findKey(header('c'))).toBeUndefined()
    expect(requests).toHaveLength(3)
    for (let index = 0; index < 50; index++) {
      expect(await set.findKey(header(`made-up-${index}`))).toBeUndefined()
    }
    advance(29.999)
    expect(await set.findKey(header('c'))).toBeUndefined()
    expect(requests).toHaveLength(3)
    advance(0.001)
    answer = () => setOf('c')
    expect(await set.findKey(header('c'))).toBeDefined()
    expect(requests).toHaveLength(4)
  })

  it('does not ask twice for one caller', async () => {
    const set = create()
    expect(await set.findKey(header('unknown'))).toBeUndefined()
    expect(requests).toHaveLength(1)
  })

  it('passes over private keys, secrets, weak and unknown keys', async () => {
    answer = () =>
      jsonOf({
        keys: [
          { ...privateJwk, kid: 'private' },
          { kty: 'oct', k: Buffer.from(SECRET).toString('base64url'), kid: 'secret' },
          { ...publicJwk, y: publicJwk['x'], kid: 'damaged' },
          { ...publicJwk, use: 'enc', kid: 'enc' },
          { kty: 'AKP', kid: 'unknown' },
          null,
          'key',
          { ...publicJwk, kid: 'a' },
        ],
      })
    const set = create()
    for (const kid of ['private', 'damaged', 'enc', 'unknown']) {
      expect(await set.findKey(header(kid))).toBeUndefined()
    }
    expect(await set.findKey({ alg: 'HS256', kid: 'secret' })).toBeUndefined()
    expect(await set.findKey(header('a'))).toBeDefined()
    const options = { issuer: null, audience: null, requireExpiration: false, algorithms: ['HS256'] } as const
    const forged = signText({ alg: 'HS256', kid: 'secret' }, {})
    await expect(verifyJwt(forged, set, options)).rejects.toMatchObject({ code: 'token_key_unknown' })
  })

  it('verifies tokens', async () => {
    const key = await importKey(privateJwk, { algorithm: 'ES256', kid: 'a' })
    if (key.type === 'public') throw new Error('expected a private key')
    const input = `${Buffer.from('{"alg":"ES256","kid":"a"}').toString('base64url')}.e30`
    const token = `${input}.${Buffer.from(await key.sign(input)).toString('base64url')}`
    const options = { issuer: null, audience: null, requireExpiration: false, algorithms: ['ES256'] } as const
    expect((await verifyJwt(token, create(), options)).payload).toEqual({})
  })
})

describe('failures', () => {
  it.each<[string, () => FetchResponse | Promise<FetchResponse>, string]>([
    ['the network fails', fail, 'network away'],
    ['the status is an error', () => new Response('{"keys":[]}', { status: 500 }), STATUS],
    ['the status is another success', () => new Response('{"keys":[]}', { status: 203 }), STATUS],
    ['it redirects', () => Response.redirect('https://attacker.example/', 302), STATUS],
    ['a redirect was followed', () => ({ ...bodyOf(['{"keys":[]}']), redirected: true }), STATUS],
    ['there is no body', () => new Response(null), STATUS],
    ['it is no JSON', () => new Response('<html>'), CONTENT],
    ['it is no object', () => jsonOf([]), CONTENT],
    ['there are no keys', () => jsonOf({}), CONTENT],
    ['keys are no array', () => jsonOf({ keys: {} }), CONTENT],
    ['names are repeated', () => new Response('{"keys":[],"keys":[]}'), CONTENT],
    ['it is no UTF-8', () => new Response(Uint8Array.of(0x7b, 0xff, 0x7d)), CONTENT],
    [
      'there are too many keys',
      () => setOf(...Array.from({ length: 101 }, (_, index) => `k${index}`)),
      'the JWK set has more than 100 keys',
    ],
    [
      'it is too large',
      () => jsonOf({ keys: [], padding: 'x'.repeat(262_144) }),
      'the JWK set is larger than 262144 bytes',
    ],
    [
      'the stream breaks off',
      () => new Response(new ReadableStream({ pull: controller => controller.error(new Error('reset')) })),
      'reset',
    ],
  ])('is unavailable when %s, and says so', async (_, broken, reason) => {
    answer = broken
    const refused = create().findKey(header('a'))
    await expect(refused).rejects.toBeInstanceOf(StoreError)
    await expect(refused).rejects.toEqual(UNAVAILABLE)
    await expect(refused).rejects.toHaveProperty('cause.message', reason)
  })

  it('accepts 100 keys', async () => {
    answer = () => setOf(...Array.from({ length: 100 }, (_, index) => `k${index}`))
    expect(await create().findKey(header('k99'))).toBeDefined()
  })

  it('leaves what is too large unread', async () => {
    const cancel = vi.fn(async () => {})
    let reads = 0
    answer = () => ({
      status: 200,
      headers: { get: () => null },
      body: {
        getReader: () => ({
          async read() {
            reads++
            return { done: false, value: new Uint8Array(100) }
          },
          cancel,
        }),
      },
    })
    await expect(create({ maxBytes: 250 }).findKey(header('a'))).rejects.toEqual(UNAVAILABLE)
    expect(reads).toBe(3)
    expect(cancel).toHaveBeenCalledOnce()
  })

  it('reads a body of exactly the size that is allowed, and passes over empty pieces', async () => {
    const text = JSON.stringify({ keys: [{ ...publicJwk, kid: 'a' }] })
    const pieces = [undefined, new TextEncoder().encode(text), undefined]
    const bodyWithGaps = (): FetchResponse => {
      const left = [...pieces]
      const getReader = () => ({
        read: async () => ({ done: left.length === 0, value: left.shift() }),
        cancel: async () => {},
      })
      return { status: 200, headers: { get: () => null }, body: { getReader } }
    }
    answer = bodyWithGaps
    expect(await create({ maxBytes: text.length }).findKey(header('a'))).toBeDefined()
    await expect(create({ maxBytes: text.length - 1 }).findKey(header('a'))).rejects.toEqual(UNAVAILABLE)
  })

  it('listens for the end of its time only as long as it waits', async () => {
    const listening = new Set<unknown>()
    const signal = {
      aborted: false,
      addEventListener: (type: string, listener: unknown) => type === 'abort' && listening.add(listener),
      removeEventListener: (type: string, listener: unknown) =>
        type === 'abort' && listening.delete(listener),
    }
    const during: number[] = []
    answer = () => {
      during.push(listening.size)
      return setOf('a')
    }
    await create({ createTimeout: () => signal as unknown as AbortSignal }).findKey(header('a'))
    await new Promise(resolve => setImmediate(resolve))
    expect(during).toEqual([1])
    expect(listening.size).toBe(0)
  })

  it('reads bodies that come in pieces', async () => {
    const text = JSON.stringify({ keys: [{ ...publicJwk, kid: 'ä' }] })
    answer = () => bodyOf(Array.from(text))
    expect(await create().findKey(header('ä'))).toBeDefined()
  })

  it('pauses after a failure and tries again after the cooldown', async () => {
    answer = fail
    const set = create()
    await expect(set.findKey(header('a'))).rejects.toEqual(UNAVAILABLE)
    await expect(set.findKey(header('a'))).rejects.toEqual(UNAVAILABLE)
    expect(requests).toHaveLength(1)
    answer = () => setOf('a')
    advance(30)
    expect(await set.findKey(header('a'))).toBeDefined()
  })

  it('uses the last set while the URL fails, up to its upper age', async () => {
    const set = create()
    const key = await set.findKey(header('a'))
    answer = fail
    advance(600)
    expect(await set.findKey(header('a'))).toBe(key)
    expect(await set.findKey(header('unknown'))).toBeUndefined()
    expect(requests).toHaveLength(2)
    advance(86_400 - 600 - 0.001)
    expect(await set.findKey(header('a'))).toBe(key)
    advance(0.001)
    await expect(set.findKey(header('a'))).rejects.toEqual(UNAVAILABLE)
    answer = () => setOf('a')
    advance(30)
    expect(await set.findKey(header('a'))).toBeDefined()
  })

  it('does not trust ages when the clock is set back', async () => {
    const set = create()
    await set.findKey(header('a'))
    advance(-1)
    await set.findKey(header('a'))
    expect(requests).toHaveLength(2)
  })
})

describe('time limit', () => {
  it('ends an attempt, also when fetch does not listen', async () => {
    const limits: number[] = []
    const set = create({
      fetch: () => new Promise(() => {}),
      createTimeout(milliseconds) {
        limits.push(milliseconds)
        const controller = new AbortController()
        timeouts.push(controller)
        return controller.signal
      },
    })
    const finding = set.findKey(header('a'))
    await vi.waitFor(() => expect(timeouts).toHaveLength(1))
    timeouts[0]?.abort()
    await expect(finding).rejects.toEqual(UNAVAILABLE)
    await expect(finding).rejects.toHaveProperty('cause.message', LATE)
    expect(limits).toEqual([5000])
  })

  it('covers the body', async () => {
    answer = () => new Response(new ReadableStream())
    const set = create()
    const finding = set.findKey(header('a'))
    await vi.waitFor(() => expect(requests).toHaveLength(1))
    timeouts[0]?.abort()
    await expect(finding).rejects.toEqual(UNAVAILABLE)
  })

  it('stops the reading of a body that goes on', async () => {
    let reads = 0
    const getReader = () => ({
      async read() {
        if (++reads === 2) timeouts[0]?.abort()
        return { done: reads > 50, value: new Uint8Array(1) }
      },
      cancel: async () => {},
    })
    answer = () => ({ status: 200, headers: { get: () => null }, body: { getReader } })
    await expect(create().findKey(header('a'))).rejects.toEqual(UNAVAILABLE)
    await new Promise(resolve => setImmediate(resolve))
    expect(reads).toBe(2)
  })

  it('may be over before it begins', async () => {
    await expect(create({ createTimeout: () => AbortSignal.abort() }).findKey(header('a'))).rejects.toEqual(
      UNAVAILABLE,
    )
    expect(requests).toHaveLength(0)
  })

  it('keeps a late old answer from replacing a newer one', async () => {
    const answers: ((response: FetchResponse) => void)[] = []
    answer = () => new Promise(resolve => answers.push(resolve))
    const set = create()
    const first = set.findKey(header('old'))
    await vi.waitFor(() => expect(answers).toHaveLength(1))
    timeouts[0]?.abort()
    await expect(first).rejects.toEqual(UNAVAILABLE)
    advance(30)
    const second = set.findKey(header('new'))
    await vi.waitFor(() => expect(answers).toHaveLength(2))
    answers[1]?.(setOf('new'))
    expect(await second).toBeDefined()
    answers[0]?.(setOf('old'))
    await new Promise(resolve => setImmediate(resolve))
    expect(await set.findKey(header('new'))).toBeDefined()
    advance(30)
    answer = fail
    expect(await set.findKey(header('old'))).toBeUndefined()
  })

  it('is kept by the timer of the runtime', async () => {
    const signal = systemTimeout(1)
    await new Promise<void>(resolve => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', resolve)
    })
    expect(signal.aborted).toBe(true)
  })
})

describe('options', () => {
  const absolute = 'must be an absolute URL'
  const secure = 'must begin with https://'
  const personal = 'must not hold a user or a password'
  const loopback = { allowHttpOnLoopback: true }

  it.each<[string, string, Partial<Record<keyof CreateRemoteJwkSetOptions, unknown>>]>([
    ['url', absolute, { url: undefined }],
    ['url', absolute, { url: '/jwks.json' }],
    ['url', absolute, { url: new URL(URL_OF_SET) }],
    ['url', secure, { url: 'http://issuer.example/jwks.json' }],
    ['url', secure, { url: 'http://localhost/jwks.json' }],
    ['url', secure, { url: 'http://localhost/jwks.json', allowHttpOnLoopback: 'yes' }],
    ['url', secure, { url: 'http://issuer.example/', ...loopback }],
    ['url', secure, { url: 'http://localhost.attacker.example/', ...loopback }],
    ['url', secure, { url: 'ftp://localhost/jwks.json', ...loopback }],
    ['url', secure, { url: 'file:///etc/jwks.json', ...loopback }],
    ['url', secure, { url: 'data:application/json,{}', ...loopback }],
    ['url', personal, { url: 'https://user:password@issuer.example/' }],
    ['url', personal, { url: 'https://user@issuer.example/' }],
    ['url', personal, { url: 'https://:password@issuer.example/' }],
    ['maxAgeSeconds', 'must be a number from 1 to 86400', { maxAgeSeconds: 0 }],
    ['maxAgeSeconds', 'must be a number from 1 to 86400', { maxAgeSeconds: 86_401 }],
    ['maxAgeSeconds', 'must be a number', { maxAgeSeconds: Number.NaN }],
    ['maxAgeSeconds', 'must be a number', { maxAgeSeconds: '600' }],
    ['maxStaleSeconds', 'must be a number from 600 to 2592000', { maxStaleSeconds: 599 }],
    ['maxStaleSeconds', 'must be a number', { maxStaleSeconds: Number.POSITIVE_INFINITY }],
    ['cooldownSeconds', 'must be a number from 1 to 3600', { cooldownSeconds: 0 }],
    ['cooldownSeconds', 'must be a number from 1 to 3600', { cooldownSeconds: 3601 }],
    ['timeoutSeconds', 'must be a number from 0.001 to 60', { timeoutSeconds: 0 }],
    ['timeoutSeconds', 'must be a number from 0.001 to 60', { timeoutSeconds: 61 }],
    ['maxBytes', 'must be a number from 1 to 16777216', { maxBytes: 0 }],
    ['maxBytes', 'must be a number from 1 to 16777216', { maxBytes: 16_777_217 }],
  ])('%s %s: %o is a mistake of the developer', (path, message, options) => {
    expect(() => create(options as Partial<CreateRemoteJwkSetOptions>)).toThrow(
      expect.objectContaining({
        name: 'ConfigError',
        code: 'config_invalid',
        problems: [{ path, message: expect.stringContaining(message) }],
      }),
    )
  })

  it('reach to their limits', () => {
    for (const options of [
      { maxAgeSeconds: 1, maxStaleSeconds: 1, cooldownSeconds: 1, timeoutSeconds: 0.001, maxBytes: 1 },
      { maxAgeSeconds: 86_400, maxStaleSeconds: 2_592_000, cooldownSeconds: 3600, timeoutSeconds: 60 },
      { maxBytes: 16_777_216 },
    ]) {
      expect(() => create(options)).not.toThrow()
    }
  })

  it.each([
    'http://localhost:3000/',
    'http://127.0.0.1:3000/',
    'http://[::1]:3000/',
    'https://issuer.example/',
  ])('%s is accepted where http on loopback is', async url => {
    await create({ url, allowHttpOnLoopback: true }).findKey(header('a'))
    expect(requests[0]?.url).toBe(url)
  })

  it('come from the runtime when they are left out', async () => {
    const fetch = vi.fn(async () => setOf('a'))
    vi.stubGlobal('fetch', fetch)
    expect(await createRemoteJwkSet({ url: URL_OF_SET }).findKey(header('a'))).toBeDefined()
    expect(fetch).toHaveBeenCalledOnce()
  })
})

function bodyOf(chunks: readonly string[]): FetchResponse {
  const pieces = chunks.map(chunk => new TextEncoder().encode(chunk))
  return {
    status: 200,
    headers: { get: () => null },
    body: {
      getReader: () => ({
        async read() {
          const value = pieces.shift()
          return { done: value === undefined, value }
        },
        async cancel() {},
      }),
    },
  }
}
