import { type Algorithm, profileOf } from '../../src/jws/algorithms.js'
import type { Dice } from './dice.js'
import type { Genuine } from './judge.js'
import type { TestKey } from './keys.js'
import { AUDIENCE, ISSUER, NOW } from './verifiers.js'

/** A token with a genuine signature over whatever its header and payload are. */
export interface Token {
  readonly text: string
  readonly header: string
  readonly payload: string
  readonly genuine: Genuine
}

/** Encodes with the runtime, not with ours. */
export function encode(content: string | Uint8Array): string {
  return Buffer.from(content).toString('base64url')
}

/** Signs header and payload as they stand, well formed or not. */
export function signToken(
  key: TestKey,
  header: string | Uint8Array,
  payload: string | Uint8Array,
  algorithm: Algorithm = key.algorithm,
): Token {
  return signParts(key, encode(header), encode(payload), algorithm)
}

/** Signs parts as they stand, encoded well or not. */
export function signParts(
  key: TestKey,
  header: string,
  payload: string,
  algorithm: Algorithm = key.algorithm,
): Token {
  const signingInput = `${header}.${payload}`
  const signature = key.sign(signingInput, algorithm)
  const decode = (part: string) => Buffer.from(part, 'base64url').toString()
  return {
    text: `${signingInput}.${encode(signature)}`,
    header: decode(header),
    payload: decode(payload),
    genuine: { signingInput, signature, algorithm },
  }
}

/** A valid access token (RFC 9068) with members that differ from one to the next. */
export function createValidToken(key: TestKey, dice: Dice): Token {
  const header = {
    ...(dice.roll(2) === 0 && { typ: 'at+jwt' }),
    alg: key.algorithm,
    ...(dice.roll(2) === 0 && { typ: 'at+jwt' }),
    ...(dice.roll(2) === 0 && { kid: `key-${dice.roll(4)}` }),
    ...(dice.roll(8) === 0 && { cty: 'x', x5t: 'y' }),
  }
  const payload = {
    iss: ISSUER,
    sub: dice.pick(['user-1', 'ünïcode', '日本', '"quoted"', ':', '']),
    aud: dice.pick<unknown>([AUDIENCE, [AUDIENCE], ['https://other.example.com', AUDIENCE]]),
    client_id: 'client-1',
    jti: `token-${dice.roll(1000)}`,
    iat: NOW - dice.roll(3),
    exp: NOW + 1 + dice.roll(900),
    ...(dice.roll(3) === 0 && { nbf: NOW - dice.roll(2) }),
    ...(dice.roll(2) === 0 && { scope: 'read write' }),
    ...(dice.roll(4) === 0 && { roles: ['a', 'b'], nested: { a: { b: [1, 2.5, -3e-7, null, true] } } }),
    ...(dice.roll(8) === 0 && { text: '\u2028 \u0000 😀 \\ / {[":', empty: {}, list: [[], [{}]] }),
  }
  return signToken(key, JSON.stringify(header), JSON.stringify(payload))
}

/** Bytes of one half of an ECDSA signature; 0 for all other algorithms. */
export function halfLength(algorithm: Algorithm): number {
  const profile = profileOf(algorithm)
  return profile.scheme === 'ecdsa' ? profile.coordinateLength : 0
}
