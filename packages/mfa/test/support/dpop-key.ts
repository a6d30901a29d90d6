import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto'

/** A client's key for DPoP proofs (RFC 9449 section 4.2). */
export interface DpopKey {
  /** SHA-256 thumbprint of the public key (RFC 7638). */
  readonly jkt: string
  prove(request: { method: string; url: string; now: number; token?: string | undefined }): string
}

export function createDpopKey(): DpopKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' })
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } }
  return {
    jkt: sha256(JSON.stringify({ crv, kty, x, y })),
    prove: ({ method, url, now, token }) => {
      const claims = {
        jti: randomUUID(),
        htm: method,
        htu: url,
        iat: Math.floor(now / 1000),
        ...(token !== undefined && { ath: sha256(token) }),
      }
      const input = `${encode(header)}.${encode(claims)}`
      const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
      return `${input}.${signature.toString('base64url')}`
    },
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
