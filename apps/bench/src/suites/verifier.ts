import type { AccessTokenVerifier } from '@authcore/core'
import { AUDIENCE, type BenchKey, ISSUER, toJwk } from '../setup/tokens.js'

/** The verifier of a resource server; with `asksRevocation` it also looks up the marks of each token in memory. */
export async function createVerifier(
  key: BenchKey,
  { cacheSize, asksRevocation = false }: { readonly cacheSize: number; readonly asksRevocation?: boolean },
): Promise<AccessTokenVerifier> {
  const { createAccessTokenVerifier } = await import('@authcore/core')
  const { importKey } = await import('@authcore/core/jwt')
  const { memoryStores } = await import('@authcore/core/memory')
  return createAccessTokenVerifier({
    issuer: ISSUER,
    audience: AUDIENCE,
    keys: [await importKey(toJwk(key))],
    algorithms: [key.algorithm],
    cacheSize,
    ...(asksRevocation && { revocations: { store: memoryStores().revocations } }),
  })
}
