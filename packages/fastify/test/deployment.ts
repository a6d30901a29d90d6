import { type AuthCore, createAuthCore } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'

export const ISSUER: string = 'https://api.example.com'

/** A real core on real stores. */
export function createAuth(): AuthCore {
  return createAuthCore({
    issuer: ISSUER,
    audience: ISSUER,
    secrets: ['m0Q8dWQv1nJ3k9ZxT7uYb2LcR5sGhE6pAaFiNoXtVwU='],
    stores: memoryStores(),
    accessToken: { algorithm: 'ES256' },
  })
}
