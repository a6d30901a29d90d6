import { calculateJwkThumbprint } from 'jose'
import { expect, it } from 'vitest'
import { backend } from '../../src/crypto/node.js'
import { ConfigError } from '../../src/errors.js'
import { createThumbprint } from '../../src/jwt.js'

it.each(['HS256', 'RS256', 'ES384', 'EdDSA'] as const)(
  '%s keys have the same thumbprint as in jose',
  async alg => {
    const { privateJwk } = await backend.generateKey(alg)
    const jwk = { ...privateJwk, kty: String(privateJwk['kty']) }
    expect(createThumbprint(privateJwk)).toBe(await calculateJwkThumbprint(jwk))
  },
)

it.each([{}, { kty: 'AKP', pub: 'x' }, { kty: 'EC', crv: 'P-256', x: 'x' }, { kty: 'oct', k: 1 }])(
  'refuses %o',
  jwk => {
    expect(() => createThumbprint(jwk)).toThrow(ConfigError)
    expect(() => createThumbprint(jwk)).toThrow(
      expect.objectContaining({
        code: 'key_invalid',
        problems: [{ path: '', message: 'is no JWK of a known type' }],
      }),
    )
  },
)
