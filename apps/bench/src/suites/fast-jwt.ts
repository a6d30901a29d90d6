import { AUDIENCE, type BenchKey, ISSUER } from '../setup/tokens.js'

/** How fast-jwt remembers tokens. */
export interface FastJwtCache {
  readonly cache: boolean | number
  readonly cacheKeyBuilder?: (token: string) => string
}

/** The verifier of fast-jwt that checks what it can of what AuthCore checks. */
export async function createFastJwtVerifier(
  key: BenchKey,
  cache: FastJwtCache,
): Promise<(token: string) => unknown> {
  const { createVerifier } = await import('fast-jwt')
  return createVerifier({
    key: key.secret ?? key.publicPem,
    algorithms: [key.algorithm],
    allowedIss: ISSUER,
    allowedAud: AUDIENCE,
    requiredClaims: ['exp'],
    ...cache,
  })
}
