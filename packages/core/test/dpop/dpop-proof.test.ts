import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backend as webBackend } from '../../src/crypto/web.js'
import { DPOP_ALGORITHMS } from '../../src/dpop/dpop-algorithms.js'
import { createDpopCheck } from '../../src/dpop/verify-dpop-proof.js'
import {
  AuthError,
  createDpopProofVerifier,
  type DpopProofVerifier,
  type DpopProofVerifierOptions,
  InvalidTokenError,
} from '../../src/index.js'
import { MemoryOneTimeStore } from '../../src/memory/index.js'
import { systemRandom } from '../../src/ports/defaults.js'
import { deploy, holdClock, OTHER_SECRET, override, race, SECRET, START } from '../fixtures.js'
import {
  ACCESS_TOKEN,
  createProofKey,
  goodClaims,
  hash,
  METHOD,
  makeProof,
  REQUEST,
  signText,
  URL_OF_REQUEST,
} from './proofs.js'

const KEY = createProofKey()
const VECTORS = JSON.parse(readFileSync(new URL('../vectors/rfc9449.json', import.meta.url), 'utf8'))

function createVerifier(options: Partial<DpopProofVerifierOptions> = {}): DpopProofVerifier {
  return createDpopProofVerifier({ oneTime: new MemoryOneTimeStore(), clock: () => START, ...options })
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'accepted',
    (error: unknown) => (error instanceof AuthError ? error.code : Promise.reject(error)),
  )
}

const verify = (proof: unknown, options: Partial<DpopProofVerifierOptions> = {}) =>
  codeOf(createVerifier(options).verify(proof as string, REQUEST))

describe('vectors of RFC 9449', () => {
  for (const {
    name,
    method,
    url,
    issuedAtSeconds,
    proofId,
    carriesAccessTokenHash,
    proof,
  } of VECTORS.proofs) {
    it(name, async () => {
      const clock = holdClock(issuedAtSeconds * 1000)
      const accessToken = carriesAccessTokenHash ? { accessToken: VECTORS.accessToken } : {}
      const verified = await createVerifier({ clock }).verify(proof, { method, url, ...accessToken })
      expect(verified).toEqual({ jkt: VECTORS.jkt, proofId, issuedAt: issuedAtSeconds * 1000 })
      expect(hash(VECTORS.accessToken)).toBe(VECTORS.accessTokenHash)
    })
  }
})

describe('a good proof', () => {
  it.each(['ES256', 'ES384', 'EdDSA', 'RS256', 'PS256'] as const)('is accepted with %s', async alg => {
    const key = createProofKey(alg)
    const { jkt, proofId, issuedAt } = await createVerifier().verify(makeProof(key, { jti: 'j' }), REQUEST)
    expect(jkt).toMatch(/^[\w-]{43}$/)
    expect({ proofId, issuedAt }).toEqual({ proofId: 'j', issuedAt: Math.floor(START / 1000) * 1000 })
  })

  it('is accepted by the backend of other runtimes as well', async () => {
    const check = createDpopCheck({
      algorithms: DPOP_ALGORITHMS,
      maxAgeSeconds: 60,
      clockToleranceSeconds: 5,
      oneTime: new MemoryOneTimeStore(),
      backend: webBackend,
      clock: () => START,
      random: systemRandom,
    })
    const proof = makeProof(KEY)
    await expect(check(proof, REQUEST)).resolves.toMatchObject({ jkt: expect.any(String) })
    await expect(check(proof, REQUEST)).rejects.toMatchObject({ code: 'dpop_proof_replayed' })
    await expect(check(`${proof.slice(0, -8)}AAAAAAAA`, REQUEST)).rejects.toMatchObject({
      code: 'dpop_proof_invalid',
    })
  })

  it('needs no hash where there is no access token', async () => {
    const proof = makeProof(KEY, { ath: undefined })
    await expect(
      createVerifier().verify(proof, { method: METHOD, url: URL_OF_REQUEST }),
    ).resolves.toBeDefined()
  })

  it('may carry what this version does not know, and a nonce where none is asked for', async () => {
    expect(await verify(makeProof(KEY, { other: [1], nonce: 'n' }, { extra: 'x' }))).toBe('accepted')
  })

  it('is frozen, and the verifier names its algorithms', async () => {
    expect(Object.isFrozen(await createVerifier().verify(makeProof(KEY), REQUEST))).toBe(true)
    expect(createVerifier().algorithms).toContain('ES256')
    expect(createVerifier().algorithms.join()).not.toMatch(/HS|none/)
  })
})

describe('what is no proof', () => {
  const OTHER = createProofKey()
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: KEY.jwk }
  const rows: readonly (readonly [string, () => unknown, string])[] = [
    ['nothing', () => undefined, 'dpop_proof_missing'],
    ['an empty text', () => '', 'dpop_proof_malformed'],
    ['a number', () => 7, 'dpop_proof_malformed'],
    ['two parts', () => makeProof(KEY).split('.').slice(0, 2).join('.'), 'dpop_proof_malformed'],
    ['a long text', () => `${makeProof(KEY)}${'A'.repeat(4096)}`, 'dpop_proof_malformed'],
    ['padding', () => `${makeProof(KEY)}=`, 'dpop_proof_malformed'],
    [
      'a repeated claim',
      () => signText(KEY, JSON.stringify(header), '{"jti":"a","jti":"b"}'),
      'dpop_proof_malformed',
    ],
    ['a list', () => signText(KEY, JSON.stringify(header), '[]'), 'dpop_proof_malformed'],
    ['no type', () => makeProof(KEY, {}, { typ: undefined }), 'dpop_proof_invalid'],
    ['another type', () => makeProof(KEY, {}, { typ: 'at+jwt' }), 'dpop_proof_invalid'],
    ['no algorithm', () => makeProof(KEY, {}, { alg: undefined }), 'dpop_proof_malformed'],
    ['none', () => `${encode({ ...header, alg: 'none' })}.${encode(goodClaims())}.AA`, 'dpop_proof_invalid'],
    ['HMAC', () => makeProof(KEY, {}, { alg: 'HS256' }), 'dpop_proof_invalid'],
    [
      'HMAC with its key',
      () => makeProof(KEY, {}, { alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } }),
      'dpop_proof_invalid',
    ],
    [
      'another algorithm than that of the key',
      () => makeProof(KEY, {}, { alg: 'ES384' }),
      'dpop_proof_invalid',
    ],
    ['no key', () => makeProof(KEY, {}, { jwk: undefined }), 'dpop_proof_malformed'],
    ['a key that is text', () => makeProof(KEY, {}, { jwk: 'key' }), 'dpop_proof_malformed'],
    ['a list of keys', () => makeProof(KEY, {}, { jwk: [KEY.jwk] }), 'dpop_proof_malformed'],
    ['an empty key', () => makeProof(KEY, {}, { jwk: {} }), 'dpop_proof_invalid'],
    ['a private key', () => makeProof(KEY, {}, { jwk: KEY.privateJwk }), 'dpop_proof_invalid'],
    [
      'a private member that is empty',
      () => makeProof(KEY, {}, { jwk: { ...KEY.jwk, d: '' } }),
      'dpop_proof_invalid',
    ],
    [
      'a point off the curve',
      () => makeProof(KEY, {}, { jwk: { ...KEY.jwk, y: KEY.jwk.x } }),
      'dpop_proof_invalid',
    ],
    ['the key of somebody else', () => makeProof(KEY, {}, { jwk: OTHER.jwk }), 'dpop_proof_invalid'],
    [
      'a key for encryption',
      () => makeProof(KEY, {}, { jwk: { ...KEY.jwk, use: 'enc' } }),
      'dpop_proof_invalid',
    ],
    ['crit', () => makeProof(KEY, {}, { crit: ['exp'] }), 'dpop_proof_invalid'],
    ['jku', () => makeProof(KEY, {}, { jku: 'https://evil.example/keys' }), 'dpop_proof_invalid'],
    ['x5c', () => makeProof(KEY, {}, { x5c: ['AAAA'] }), 'dpop_proof_invalid'],
    ['b64', () => makeProof(KEY, {}, { b64: false }), 'dpop_proof_invalid'],
    [
      'another signature',
      () => `${makeProof(KEY).split('.').slice(0, 2).join('.')}.${'A'.repeat(86)}`,
      'dpop_proof_invalid',
    ],
    ['no jti', () => makeProof(KEY, { jti: undefined }), 'dpop_proof_malformed'],
    ['an empty jti', () => makeProof(KEY, { jti: '' }), 'dpop_proof_malformed'],
    ['a long jti', () => makeProof(KEY, { jti: 'j'.repeat(257) }), 'dpop_proof_malformed'],
    ['a jti that is a number', () => makeProof(KEY, { jti: 7 }), 'dpop_proof_malformed'],
    ['no htm', () => makeProof(KEY, { htm: undefined }), 'dpop_proof_malformed'],
    ['another method', () => makeProof(KEY, { htm: 'POST' }), 'dpop_proof_invalid'],
    ['the method in lower case', () => makeProof(KEY, { htm: 'get' }), 'dpop_proof_invalid'],
    ['no htu', () => makeProof(KEY, { htu: undefined }), 'dpop_proof_malformed'],
    ['no iat', () => makeProof(KEY, { iat: undefined }), 'dpop_proof_malformed'],
    ['an iat that is text', () => makeProof(KEY, { iat: '1893499200' }), 'dpop_proof_malformed'],
    ['a negative iat', () => makeProof(KEY, { iat: -1 }), 'dpop_proof_malformed'],
    ['no ath', () => makeProof(KEY, { ath: undefined }), 'dpop_proof_invalid'],
    ['the hash of another token', () => makeProof(KEY, { ath: hash('another') }), 'dpop_proof_invalid'],
    ['an ath that is a list', () => makeProof(KEY, { ath: [hash(ACCESS_TOKEN)] }), 'dpop_proof_malformed'],
  ]

  it.each(rows)('%s', async (_, make, code) => {
    const calls: unknown[] = []
    const oneTime = override(new MemoryOneTimeStore(), {
      reserve: async command => {
        calls.push(command)
        return { outcome: 'reserved' }
      },
    })
    expect(await verify(make(), { oneTime })).toBe(code)
    expect(calls).toEqual([])
  })

  it('an algorithm that the deployment does not name', async () => {
    expect(await verify(makeProof(KEY), { algorithms: ['EdDSA'] })).toBe('dpop_proof_invalid')
    expect(await verify(makeProof(createProofKey('EdDSA')), { algorithms: ['EdDSA'] })).toBe('accepted')
  })

  it('an RSA key of 1,024 bits', async () => {
    const { generateKeyPairSync } = await import('node:crypto')
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const jwk = publicKey.export({ format: 'jwk' })
    const weak = { alg: 'RS256', jwk, privateJwk: privateKey.export({ format: 'jwk' }), privateKey }
    expect(await verify(makeProof(weak))).toBe('dpop_proof_invalid')
  })

  it('what is made at random, always with an error of the catalogue', async () => {
    const verifier = createVerifier()
    const part = fc.oneof(
      fc.base64String(),
      fc.json().map(text => Buffer.from(text).toString('base64url')),
    )
    const anything = fc.oneof(
      fc.anything(),
      fc.tuple(part, part, part).map(parts => parts.join('.')),
      fc.dictionary(fc.string(), fc.anything()).map(claims => {
        const payload = JSON.stringify(claims, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
        return signText(KEY, JSON.stringify({ typ: 'dpop+jwt', alg: 'ES256', jwk: KEY.jwk }), payload)
      }),
    )
    await fc.assert(
      fc.asyncProperty(anything, async proof => {
        expect(await codeOf(verifier.verify(proof as string, REQUEST))).toMatch(/^dpop_proof_/)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps private keys and texts out of its errors', async () => {
    const proof = makeProof(KEY, {}, { jwk: KEY.privateJwk })
    const error = await createVerifier()
      .verify(proof, REQUEST)
      .catch((caught: unknown) => caught)
    const text = JSON.stringify(error) + String(error) + String((error as Error).stack)
    expect(text).not.toContain(String(KEY.privateJwk.d))
    expect(text).not.toContain(proof)
  })
})

describe('the URL of a proof', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['https://api.example.com/reports', 'https://api.example.com/reports?a=b', 'accepted'],
    ['https://api.example.com/reports?x=1#y', 'https://api.example.com/reports', 'accepted'],
    ['HTTPS://API.example.COM:443/reports', 'https://api.example.com/reports', 'accepted'],
    ['https://api.example.com', 'https://api.example.com/', 'accepted'],
    ['https://api.example.com/%7ea%2fb', 'https://api.example.com/~a%2Fb', 'accepted'],
    ['http://api.example.com:80/', 'http://api.example.com/', 'accepted'],
    ['https://[::1]:8443/a', 'https://[::1]:8443/a', 'accepted'],
    ['http://api.example.com/reports', 'https://api.example.com/reports', 'dpop_proof_invalid'],
    ['https://api.example.com:444/reports', 'https://api.example.com/reports', 'dpop_proof_invalid'],
    ['https://api.example.com/Reports', 'https://api.example.com/reports', 'dpop_proof_invalid'],
    ['https://api.example.com/reports/', 'https://api.example.com/reports', 'dpop_proof_invalid'],
    ['https://api.example.com/a/b', 'https://api.example.com/a%2Fb', 'dpop_proof_invalid'],
    ['https://evil.example/reports', 'https://api.example.com/reports', 'dpop_proof_invalid'],
    ['https://api.example.com@evil.example/reports', 'https://evil.example/reports', 'dpop_proof_invalid'],
    ['https://api.example.com/x/../reports', 'https://api.example.com/reports', 'dpop_proof_invalid'],
    ['https://api.example.com/reports', 'https://api.example.com/x/%2e%2e/reports', 'dpop_proof_invalid'],
    ['https:\\\\api.example.com\\reports', 'https://api.example.com/reports', 'dpop_proof_invalid'],
    ['https://api.example.com/re ports', 'https://api.example.com/re ports', 'dpop_proof_invalid'],
    ['https://api.example.com/reports\n', 'https://api.example.com/reports', 'dpop_proof_invalid'],
    ['https://api.example.com/ä', 'https://api.example.com/ä', 'dpop_proof_invalid'],
    ['/reports', '/reports', 'dpop_proof_invalid'],
    ['ftp://api.example.com/reports', 'ftp://api.example.com/reports', 'dpop_proof_invalid'],
    ['https://', 'https://', 'dpop_proof_invalid'],
    ['https://a:b:c/', 'https://a:b:c/', 'dpop_proof_invalid'],
  ]
  it.each(rows)('%s for %s', async (htu, url, code) => {
    expect(await codeOf(createVerifier().verify(makeProof(KEY, { htu }), { ...REQUEST, url }))).toBe(code)
  })

  it('is compared without trust in its length or kind', async () => {
    const verifier = createVerifier()
    const long = `https://api.example.com/${'a'.repeat(5000)}`
    expect(await codeOf(verifier.verify(makeProof(KEY), { ...REQUEST, url: long }))).toBe(
      'dpop_proof_invalid',
    )
    const odd = { ...REQUEST, url: undefined as unknown as string }
    expect(await codeOf(verifier.verify(makeProof(KEY), odd))).toBe('dpop_proof_invalid')
  })
})

describe('the age of a proof', () => {
  const SECOND = Math.floor(START / 1000)
  it.each([
    ['now', 0, 'accepted'],
    ['5 s ahead', 5, 'accepted'],
    ['6 s ahead', 6, 'dpop_proof_expired'],
    ['59 s ago', -59, 'accepted'],
    ['60 s ago', -60, 'dpop_proof_expired'],
    ['a year ago', -31_536_000, 'dpop_proof_expired'],
  ])('%s', async (_, offset, code) => {
    expect(await verify(makeProof(KEY, { iat: SECOND + offset }))).toBe(code)
  })

  it('follows the options', async () => {
    const options = { maxAgeSeconds: 10, clockToleranceSeconds: 0 }
    expect(await verify(makeProof(KEY, { iat: SECOND - 9 }), options)).toBe('accepted')
    expect(await verify(makeProof(KEY, { iat: SECOND - 10 }), options)).toBe('dpop_proof_expired')
    expect(await verify(makeProof(KEY, { iat: SECOND + 1 }), options)).toBe('dpop_proof_expired')
  })

  it('is looked at again after `accept`, which may have taken long', async () => {
    const clock = holdClock()
    const accept = () => clock.advance(61)
    const verified = createVerifier({ clock }).verify(makeProof(KEY), { ...REQUEST, accept })
    expect(await codeOf(verified)).toBe('dpop_proof_expired')
  })
})

describe('replays', () => {
  it('of 200 that come at once exactly one passes', async () => {
    const verifier = createVerifier()
    const proof = makeProof(KEY)
    const { values, codes } = await race(200, () => verifier.verify(proof, REQUEST))
    expect(values).toHaveLength(1)
    expect(codes).toEqual(Array.from({ length: 199 }, () => 'dpop_proof_replayed'))
  })

  it('are refused at every instant at which the proof would be accepted, also by a clock that runs behind', async () => {
    const clock = holdClock()
    const oneTime = new MemoryOneTimeStore()
    const proof = makeProof(KEY)
    await createVerifier({ clock, oneTime }).verify(proof, REQUEST)
    const behind = createVerifier({ clock: () => clock() - 59_000, oneTime })
    for (let second = 0; second < 120; second++) {
      expect(await codeOf(createVerifier({ clock, oneTime }).verify(proof, REQUEST))).not.toBe('accepted')
      expect(await codeOf(behind.verify(proof, REQUEST))).not.toBe('accepted')
      clock.advance(1)
    }
  })

  it('count by key: the same jti of two clients is no replay', async () => {
    const verifier = createVerifier()
    expect(await codeOf(verifier.verify(makeProof(KEY, { jti: 'j' }), REQUEST))).toBe('accepted')
    expect(await codeOf(verifier.verify(makeProof(createProofKey(), { jti: 'j' }), REQUEST))).toBe('accepted')
    expect(await codeOf(verifier.verify(makeProof(KEY, { jti: 'j' }), REQUEST))).toBe('dpop_proof_replayed')
  })

  it('what `accept` refuses is not spent', async () => {
    const verifier = createVerifier()
    const proof = makeProof(KEY)
    const refusal = new InvalidTokenError('token_expired')
    const accept = async () => Promise.reject(refusal)
    await expect(verifier.verify(proof, { ...REQUEST, accept })).rejects.toBe(refusal)
    expect(await codeOf(verifier.verify(proof, REQUEST))).toBe('accepted')
  })

  it('are not accepted while the store is away', async () => {
    const down = override(new MemoryOneTimeStore(), { reserve: () => Promise.reject(new Error('down')) })
    expect(await verify(makeProof(KEY), { oneTime: down })).toBe('store_unavailable')
  })
})

describe('nonces', () => {
  const required = { nonceSecrets: [SECRET], nonceSeconds: 300 }
  const nonceOf = async (verifier: DpopProofVerifier, proof = makeProof(KEY)): Promise<string> => {
    const error = await verifier.verify(proof, REQUEST).catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      code: 'dpop_nonce_required',
      nonce: expect.stringMatching(/^[\w-]{20,64}$/),
    })
    return (error as { nonce: string }).nonce
  }

  it('are demanded, handed out, and good for two slots', async () => {
    const clock = holdClock(START - (START % 300_000))
    const verifier = createVerifier({ ...required, clock })
    const nonce = await nonceOf(verifier)
    const proof = () => makeProof(KEY, { nonce, iat: Math.floor(clock() / 1000) })
    expect(await verifier.verify(proof(), REQUEST)).not.toHaveProperty('nextNonce')
    clock.advance(299)
    expect(await verifier.verify(proof(), REQUEST)).not.toHaveProperty('nextNonce')
    clock.advance(1)
    const { nextNonce } = await verifier.verify(proof(), REQUEST)
    expect(nextNonce).not.toBe(nonce)
    clock.advance(300)
    expect(await nonceOf(verifier, proof())).not.toBe(nextNonce)
    const renewed = makeProof(KEY, { nonce: nextNonce, iat: Math.floor(clock() / 1000) })
    expect(await codeOf(verifier.verify(renewed, REQUEST))).toBe('accepted')
  })

  it('of a process whose clock is ahead of a slot are good', async () => {
    const ahead = createVerifier({ ...required, clock: () => START + 300_000 })
    const nonce = await nonceOf(ahead, makeProof(KEY, { iat: Math.floor(START / 1000) + 300 }))
    expect(await codeOf(createVerifier(required).verify(makeProof(KEY, { nonce }), REQUEST))).toBe('accepted')
  })

  it('of an older secret are good until it is taken off the list', async () => {
    const nonce = await nonceOf(createVerifier(required))
    const rotated = createVerifier({ nonceSecrets: [OTHER_SECRET, SECRET] })
    expect(await rotated.verify(makeProof(KEY, { nonce }), REQUEST)).toHaveProperty('nextNonce')
    await nonceOf(createVerifier({ nonceSecrets: [OTHER_SECRET] }), makeProof(KEY, { nonce }))
  })

  it('that we did not make are refused with a new one, without a store call', async () => {
    const down = override(new MemoryOneTimeStore(), { reserve: () => Promise.reject(new Error('down')) })
    await nonceOf(createVerifier({ ...required, oneTime: down }))
  })

  it.each([
    ['a letter', 'x'],
    ['an unknown secret', 'AAAAAAAAAAAA'],
    ['a long text', 'n'.repeat(2000)],
    ['another letter', 'é'],
  ])('%s is none of ours', async (_, nonce) => {
    await nonceOf(createVerifier(required), makeProof(KEY, { nonce }))
  })

  it('a changed one is none of ours', async () => {
    const verifier = createVerifier(required)
    const nonce = await nonceOf(verifier)
    const changed = `${nonce.slice(0, -1)}${nonce.endsWith('A') ? 'E' : 'A'}`
    await nonceOf(verifier, makeProof(KEY, { nonce: changed }))
  })
})

describe('a deployment', () => {
  it('verifies proofs as auth.dpop, reports refusals, and demands nonces when told', async () => {
    const { auth, eventsOf } = deploy({ dpop: { maxAgeSeconds: 30 } })
    const proof = makeProof(KEY)
    await auth.dpop.verify(proof, REQUEST)
    expect(await codeOf(auth.dpop.verify(proof, REQUEST))).toBe('dpop_proof_replayed')
    expect(eventsOf('credential.refused')).toMatchObject([
      { method: 'dpop_proof', code: 'dpop_proof_replayed' },
    ])

    const strict = deploy({ dpop: { nonce: 'required' } }).auth
    const error = await strict.dpop.verify(makeProof(KEY), REQUEST).catch((caught: unknown) => caught)
    const { nonce } = error as { nonce: string }
    expect(await codeOf(strict.dpop.verify(makeProof(KEY, { nonce }), REQUEST))).toBe('accepted')
  })

  it('refuses options that are wrong', () => {
    const wire = (dpop: unknown) => () => deploy({ dpop: dpop as never })
    for (const dpop of [
      { algorithms: ['HS256'] },
      { algorithms: [] },
      { maxAgeSeconds: 0 },
      { maxAgeSeconds: 601 },
      { clockToleranceSeconds: 61 },
      { nonce: 'sometimes' },
      { nonceSeconds: 9 },
      { other: 1 },
    ]) {
      expect(wire(dpop), JSON.stringify(dpop)).toThrow(/dpop/)
    }
  })
})

describe('wiring a verifier of its own', () => {
  it('names every problem by path, and quotes no secret', () => {
    const options = {
      oneTime: {},
      algorithms: ['HS256'],
      maxAgeSeconds: 0,
      clockToleranceSeconds: 61,
      nonceSecrets: ['short-secret', undefined],
      nonceSeconds: 1,
      clock: 1,
      random: 1,
      events: 1,
    }
    const wire = () => createDpopProofVerifier(options as never)
    expect(wire).toThrow(
      expect.objectContaining({
        code: 'config_invalid',
        problems: [
          'oneTime',
          'algorithms',
          'maxAgeSeconds',
          'clockToleranceSeconds',
          'nonceSeconds',
          'clock',
          'random',
          'events',
          'nonceSecrets.0',
          'nonceSecrets.1',
        ].map(path => expect.objectContaining({ path })),
      }),
    )
    expect(wire).not.toThrow(/short-secret/)
    expect(() => createDpopProofVerifier({ oneTime: new MemoryOneTimeStore(), nonceSecrets: [] })).toThrow(
      /nonceSecrets/,
    )
    expect(() => createDpopProofVerifier(undefined as never)).toThrow(/oneTime/)
  })
})
