import { createSecretKey, randomUUID } from 'node:crypto'
import { concurrent, type Group, type Subject } from '../harness/operation.js'
import {
  AUDIENCE,
  type BenchKey,
  createBenchKey,
  ISSUER,
  type MeasuredAlgorithm,
  toPrivateJwk,
} from '../setup/tokens.js'

const IN_FLIGHT = 16
const LIFETIME_SECONDS = 900
const SCOPE = ['orders:read', 'orders:write']

/** Issuing access tokens, one group per algorithm. */
export const issueGroups: readonly Group[] = (['HS256', 'RS256', 'ES256', 'EdDSA'] as const).map(
  algorithm => ({
    id: `issue-${algorithm}`,
    title: `Issue an access token, ${algorithm}`,
    // signing on other threads is worth nothing in CPU time and much to whoever waits
    clock: algorithm === 'RS256' ? 'wall' : 'cpu',
    notes: [
      `${IN_FLIGHT} in flight. The same claims from everybody: issuer, audience, subject, client, scope, session, a random id, times.`,
      'AuthCore and jose sign with RSA on other threads, so that other requests go on meanwhile; fast-jwt, jsonwebtoken and signSync hold up the event loop.',
      'AuthCore checks what it is asked to issue (names, scope, claims that smell of secrets) and signs under the key of its ring.',
    ],
    subjects: [
      authcore(algorithm),
      fastJwt(algorithm),
      jose(algorithm),
      ...(algorithm === 'EdDSA' ? [] : [jsonwebtoken(algorithm)]),
      nodeRs(algorithm),
    ],
  }),
)

interface Grant {
  readonly subject: string
  readonly sessionId: string
}

/** The same for all: who the token is for, made before it is measured. */
function createGrant(): Grant {
  return { subject: randomUUID(), sessionId: randomUUID() }
}

function toClaims({ subject, sessionId }: Grant): Record<string, unknown> {
  return {
    iss: ISSUER,
    sub: subject,
    aud: AUDIENCE,
    client_id: 'web',
    sid: sessionId,
    scope: 'orders:read orders:write',
    jti: randomUUID(),
  }
}

function authcore(algorithm: MeasuredAlgorithm): Subject {
  return {
    name: 'authcore',
    async prepare() {
      const { createAuthCore } = await import('@authcore/core')
      const { memoryStores } = await import('@authcore/core/memory')
      const auth = createAuthCore({
        issuer: ISSUER,
        audience: AUDIENCE,
        secrets: [createBenchKey('HS256').secret?.toString('base64') ?? ''],
        stores: memoryStores(),
        accessToken: { algorithm, ttlSeconds: LIFETIME_SECONDS },
      })
      return concurrent(IN_FLIGHT, createGrant, ({ subject, sessionId }) =>
        auth.accessTokens.issue({ subject, sessionId, clientId: 'web', scope: SCOPE }),
      )
    },
  }
}

function fastJwt(algorithm: MeasuredAlgorithm): Subject {
  return {
    name: 'fast-jwt',
    async prepare() {
      const { createSigner } = await import('fast-jwt')
      const key = createBenchKey(algorithm)
      const sign = createSigner({
        key: key.secret ?? key.privatePem,
        algorithm,
        kid: key.kid,
        header: { alg: algorithm, typ: 'at+jwt' },
        expiresIn: LIFETIME_SECONDS * 1000,
      })
      return concurrent(IN_FLIGHT, createGrant, grant => sign(toClaims(grant)))
    },
  }
}

function jose(algorithm: MeasuredAlgorithm): Subject {
  return {
    name: 'jose',
    async prepare() {
      const { importJWK, SignJWT } = await import('jose')
      const key = createBenchKey(algorithm)
      const imported = await importJWK(toPrivateJwk(key), algorithm)
      const header = { alg: algorithm, typ: 'at+jwt', kid: key.kid }
      return concurrent(IN_FLIGHT, createGrant, grant =>
        new SignJWT(toClaims(grant))
          .setProtectedHeader(header)
          .setIssuedAt()
          .setExpirationTime(`${LIFETIME_SECONDS}s`)
          .sign(imported),
      )
    },
  }
}

function jsonwebtoken(algorithm: Exclude<MeasuredAlgorithm, 'EdDSA'>): Subject {
  return {
    name: 'jsonwebtoken',
    async prepare() {
      const { default: jwt } = await import('jsonwebtoken')
      const key = createBenchKey(algorithm)
      const secret = key.secret === undefined ? key.privateKey : createSecretKey(key.secret)
      const options = {
        algorithm,
        keyid: key.kid,
        header: { alg: algorithm, typ: 'at+jwt' },
        expiresIn: LIFETIME_SECONDS,
      }
      return concurrent(IN_FLIGHT, createGrant, grant => jwt.sign(toClaims(grant), secret, options))
    },
  }
}

function nodeRs(algorithm: MeasuredAlgorithm): Subject {
  return {
    name: '@node-rs/jsonwebtoken',
    async prepare() {
      const { signSync } = await import('@node-rs/jsonwebtoken')
      const key = createBenchKey(algorithm)
      const header = {
        // its const enum is not there at run time
        algorithm: algorithm as import('@node-rs/jsonwebtoken').Algorithm,
        keyId: key.kid,
        contentType: 'at+jwt',
      }
      const material = materialOf(key)
      return concurrent(IN_FLIGHT, createGrant, grant => {
        const iat = Math.floor(Date.now() / 1000)
        return signSync({ ...toClaims(grant), iat, exp: iat + LIFETIME_SECONDS }, material, header)
      })
    },
  }
}

function materialOf(key: BenchKey): string | Buffer {
  return key.secret ?? key.privatePem
}
