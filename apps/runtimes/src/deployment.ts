import { type AuthCore, createAuthCore } from '@authcore/core'
import type { Algorithm } from '@authcore/core/jwt'
import { memoryStores } from '@authcore/core/memory'
import type { Random } from '@authcore/core/ports'

export const ISSUER = 'https://auth.example.com'
export const AUDIENCE = 'https://api.example.com'

/** Every runtime lives at the same instant, so that tokens of one count in another. */
export const NOW: number = Date.UTC(2030, 0, 1, 12)

/** A deployment whose clock the checks hold. */
export interface Deployment {
  readonly auth: AuthCore
  advance(seconds: number): void
}

/** What differs from the usual deployment. */
export interface DeployOptions {
  readonly algorithm?: Algorithm
  /** Epoch milliseconds. */
  readonly startAt?: number
  readonly random?: Random
}

/** Wires a deployment on memory stores, with the random source of the runtime unless told. */
export function deploy({ algorithm = 'ES256', startAt = NOW, random }: DeployOptions = {}): Deployment {
  let now = startAt
  const auth = createAuthCore({
    issuer: ISSUER,
    audience: AUDIENCE,
    secrets: ['m0Q8dWQv1nJ3k9ZxT7uYb2LcR5sGhE6pAaFiNoXtVwU='],
    stores: memoryStores(),
    accessToken: { algorithm },
    clock: () => now,
    ...(random && { random }),
  })
  return {
    auth,
    advance: seconds => {
      now += seconds * 1000
    },
  }
}
