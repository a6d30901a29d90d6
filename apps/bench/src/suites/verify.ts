import { asynchronous, type Group, type Subject, synchronous } from '../harness/operation.js'
import {
  AUDIENCE,
  createBenchKey,
  createTokens,
  freshTexts,
  ISSUER,
  type MeasuredAlgorithm,
  toJwk,
} from '../setup/tokens.js'
import { createFastJwtVerifier, type FastJwtCache } from './fast-jwt.js'
import { createFloor } from './floor.js'
import { createVerifier } from './verifier.js'

/** More than any cache here holds, so that a subject without a cache stays without one. */
const TOKENS = 2000
/** As many as all caches here hold at once. */
const CACHED_TOKENS = 500

const REVOCATION = 'authcore, revocation asked'

const NOTES = [
  `${TOKENS} different tokens of about 480 characters, each a new string, as a server reads it from a header.`,
  'floor: the raw check of node:crypto, decoding and JSON.parse, with no other check. AuthCore, fast-jwt, jose and jsonwebtoken check algorithm, issuer, audience and times; AuthCore also form, type and strict JSON.',
  'jose, AuthCore and @node-rs/jsonwebtoken (verify) answer with a promise, which is awaited.',
]

/** Verifying without a cache, one group per algorithm. */
export const verifyGroups: readonly Group[] = (['HS256', 'RS256', 'ES256', 'EdDSA'] as const).map(
  algorithm => ({
    id: `verify-${algorithm}`,
    title: `Verify an access token, no cache, ${algorithm}`,
    notes: NOTES,
    subjects: [
      floor(algorithm),
      authcore(algorithm),
      authcore(algorithm, { name: REVOCATION, asksRevocation: true }),
      fastJwt(algorithm, 'fast-jwt', { cache: false }),
      jose(algorithm),
      // jsonwebtoken offers no EdDSA
      ...(algorithm === 'EdDSA' ? [] : [jsonwebtoken(algorithm)]),
      nodeRs(algorithm),
    ],
  }),
)

/** Verifying tokens that were seen before. */
export const cachedGroup: Group = {
  id: 'verify-cached',
  title: 'Verify an access token that was seen before, RS256',
  notes: [
    `${CACHED_TOKENS} different tokens, each time as a new string, caches of 1,000.`,
    'AuthCore asks expiry and the state of the key on every call, and with a store also revocation.',
    "fast-jwt's default hashes the token for the key of its cache; its documentation offers the identity function to those who do not mind tokens in the cache's keys. AuthCore keys by the whole token and remembers nothing of refused ones.",
  ],
  subjects: [
    authcore('RS256', { cacheSize: 1000, tokens: CACHED_TOKENS }),
    authcore('RS256', { name: REVOCATION, cacheSize: 1000, tokens: CACHED_TOKENS, asksRevocation: true }),
    fastJwt('RS256', 'fast-jwt', { cache: 1000 }, CACHED_TOKENS),
    fastJwt(
      'RS256',
      'fast-jwt, identity key',
      { cache: 1000, cacheKeyBuilder: token => token },
      CACHED_TOKENS,
    ),
    floor('RS256'),
  ],
}

function floor(algorithm: MeasuredAlgorithm): Subject {
  return {
    name: 'floor',
    async prepare() {
      const key = createBenchKey(algorithm)
      return synchronous(freshTexts(createTokens(key, TOKENS)), createFloor(key))
    },
  }
}

function authcore(
  algorithm: MeasuredAlgorithm,
  { name = 'authcore', cacheSize = 0, tokens = TOKENS, asksRevocation = false } = {},
): Subject {
  return {
    name,
    async prepare() {
      const key = createBenchKey(algorithm)
      const { verify } = await createVerifier(key, { cacheSize, asksRevocation })
      return asynchronous(freshTexts(createTokens(key, tokens)), token => verify(token))
    },
  }
}

function fastJwt(algorithm: MeasuredAlgorithm, name: string, cache: FastJwtCache, tokens = TOKENS): Subject {
  return {
    name,
    async prepare() {
      const key = createBenchKey(algorithm)
      const verify = await createFastJwtVerifier(key, cache)
      return synchronous(freshTexts(createTokens(key, tokens)), verify)
    },
  }
}

function jose(algorithm: MeasuredAlgorithm): Subject {
  return {
    name: 'jose',
    async prepare() {
      const { importJWK, jwtVerify } = await import('jose')
      const key = createBenchKey(algorithm)
      const imported = await importJWK(toJwk(key), algorithm)
      const options = { algorithms: [algorithm], issuer: ISSUER, audience: AUDIENCE, requiredClaims: ['exp'] }
      return asynchronous(freshTexts(createTokens(key, TOKENS)), token => jwtVerify(token, imported, options))
    },
  }
}

function jsonwebtoken(algorithm: Exclude<MeasuredAlgorithm, 'EdDSA'>): Subject {
  return {
    name: 'jsonwebtoken',
    async prepare() {
      const { default: jwt } = await import('jsonwebtoken')
      const key = createBenchKey(algorithm)
      const options = { algorithms: [algorithm], issuer: ISSUER, audience: AUDIENCE }
      return synchronous(freshTexts(createTokens(key, TOKENS)), token =>
        jwt.verify(token, key.publicKey, options),
      )
    },
  }
}

function nodeRs(algorithm: MeasuredAlgorithm): Subject {
  return {
    name: '@node-rs/jsonwebtoken',
    async prepare() {
      const { verifySync } = await import('@node-rs/jsonwebtoken')
      const key = createBenchKey(algorithm)
      const options = {
        // its const enum is not there at run time
        algorithms: [algorithm as import('@node-rs/jsonwebtoken').Algorithm],
        iss: [ISSUER],
        aud: [AUDIENCE],
      }
      return synchronous(freshTexts(createTokens(key, TOKENS)), token =>
        verifySync(token, key.secret ?? key.publicPem, options),
      )
    },
  }
}
