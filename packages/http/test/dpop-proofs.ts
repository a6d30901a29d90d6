import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { ISSUER, START } from './fixture.js'

/** A client's key. */
export interface ProofKey {
  /** A proof, good at `START`; `token` fills in its hash. */
  prove(claims?: Readonly<Record<string, unknown>> & { readonly token?: string }): string
}

/** Makes a key on P-256. */
export function createProofKey(): ProofKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: publicKey.export({ format: 'jwk' }) }
  return {
    prove: ({ token, ...claims } = {}) => {
      const ath = token === undefined ? undefined : createHash('sha256').update(token).digest('base64url')
      const payload = { jti: randomUUID(), htm: 'GET', htu: ISSUER, iat: START / 1000, ath, ...claims }
      const input = `${encode(header)}.${encode(payload)}`
      const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
      return `${input}.${signature.toString('base64url')}`
    },
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
