import { describe, expect, it } from 'vitest'
import { backend as nodeBackend } from '../../src/crypto/node.js'
import { backend as webBackend } from '../../src/crypto/web.js'
import { AuthError } from '../../src/errors.js'
import { createAccessTokenVerifier } from '../../src/index.js'
import { encodeBase64url } from '../../src/jws/base64url.js'
import { importKeyWith } from '../../src/jws/import-key.js'
import { createJwsSigner } from '../../src/jws/sign.js'
import { createThumbprint, verifyJws, verifyJwt } from '../../src/jwt.js'
import { encodePart } from '../jws/tokens.js'
import {
  GOOD_JWS,
  type JwsVector,
  RFC_7515,
  RFC_7520,
  RFC_7636,
  RFC_7638,
  RFC_7797,
  RFC_8037,
  RFC_8725,
  RFC_9068,
} from './vectors.js'

const BACKENDS = [nodeBackend, webBackend]

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'accepted'
  } catch (error) {
    expect(error).toBeInstanceOf(AuthError)
    return error instanceof AuthError ? error.code : 'other'
  }
}

// covers ASVS-11.4.1, ASVS-11.4.3
describe.each([RFC_7515, RFC_7520, RFC_7797, RFC_8037])('$source', ({ vectors }) => {
  it.each(vectors)(
    '$section $algorithm $note: $result',
    async ({ algorithm, key, token, result, payload }) => {
      for (const backend of BACKENDS) {
        const imported = await importKeyWith(backend, key, { algorithm })
        const verified = verifyJws(token, imported, { algorithms: [algorithm] })
        expect(await codeOf(verified)).toBe(result)
        if (payload === undefined) continue
        expect(new TextDecoder().decode((await verified).payload)).toBe(payload)
        expect((await verified).header.alg).toBe(algorithm)
      }
    },
  )
})

describe('every example that is accepted', () => {
  it.each(GOOD_JWS)('$source is refused after any change', async ({ algorithm, key, token }) => {
    for (const backend of BACKENDS) {
      const imported = await importKeyWith(backend, key, { algorithm })
      for (const changed of changesOf(token)) {
        expect(await codeOf(verifyJws(changed, imported, { algorithms: [algorithm] }))).toBe(
          'token_signature_invalid',
        )
      }
    }
  })
})

function changesOf(token: JwsVector['token']): readonly string[] {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const flipped = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
  return [
    `${header}.${flipped(payload)}.${signature}`,
    `${header}.${payload}.${flipped(signature)}`,
    `${header}.${payload}.${encodePart(new Uint8Array(64))}`,
    `${header}.${payload}.${signature.slice(4)}`,
    `${header}..${signature}`,
  ]
}

it('RFC 8037 appendix A.4: both backends make the published signature', async () => {
  const [vector] = RFC_8037.vectors
  for (const backend of BACKENDS) {
    const key = await importKeyWith(backend, RFC_8037.privateKey, { algorithm: 'EdDSA' })
    if (key.type === 'public') throw new Error('expected a private key')
    expect(await createJwsSigner(key)(vector?.payload ?? '')).toBe(vector?.token)
  }
})

it.each(RFC_7636.vectors)('RFC 7636 appendix B: $challenge', ({ verifier, challenge }) => {
  for (const backend of BACKENDS) expect(encodeBase64url(backend.sha256(verifier))).toBe(challenge)
})

describe('thumbprints', () => {
  it.each(RFC_7638.vectors)('RFC 7638 section 3.1: $thumbprint', ({ key, thumbprint }) => {
    expect(createThumbprint(key)).toBe(thumbprint)
  })

  it('RFC 8037 appendix A.3: of the private and of the public key', () => {
    const { d: _, ...publicKey } = RFC_8037.privateKey
    expect(createThumbprint(publicKey as typeof RFC_8037.privateKey)).toBe(RFC_8037.thumbprint)
    expect(createThumbprint(RFC_8037.privateKey)).toBe(RFC_8037.thumbprint)
  })
})

// covers RFC8725-3.2
describe(RFC_8725.source, () => {
  const { now, key, options } = RFC_8725

  it.each(RFC_8725.vectors)('section $section, $note: $result', async ({ token, result }) => {
    for (const backend of BACKENDS) {
      const imported = await importKeyWith(backend, key, { algorithm: 'RS256' })
      for (const given of [imported, key]) {
        expect(await codeOf(verifyJwt(token, given, { ...options, clock: () => now * 1000 }))).toBe(result)
      }
    }
  })

  it.each(RFC_8725.refusedKeys)('section $section, $note is no key', async ({ key: refused, algorithm }) => {
    for (const backend of BACKENDS) {
      expect(await codeOf(importKeyWith(backend, refused, { algorithm }))).toBe('key_invalid')
    }
  })
})

describe(RFC_9068.source, () => {
  const { now, key, options } = RFC_9068

  it.each(RFC_9068.vectors)('section $section, $note: $result', async ({ token, result }) => {
    const clock = () => now * 1000
    for (const keys of [{ jwks: { keys: [key] } }, { keys: [key] }]) {
      const verifier = createAccessTokenVerifier({ ...options, ...keys, clock })
      // twice: the second answer may come from what is remembered
      expect(await codeOf(verifier.verify(token))).toBe(result)
      expect(await codeOf(verifier.verify(token))).toBe(result)
    }
  })
})
