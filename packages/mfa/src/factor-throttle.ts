import type { FactorHost } from './auth-host.js'

/** One attempt at a step-up. */
export interface FactorAttempt {
  readonly subject: string
  readonly ip?: string | undefined
  readonly deviceToken?: string | undefined
}

/** What counts attempts; `createLoginThrottle` of `@authcore/password` is one. */
export interface FactorThrottle {
  /** Counts one attempt before it is verified. */
  take(attempt: FactorAttempt): Promise<{ readonly outcome: 'allowed' } | { readonly outcome: 'refused' }>
}

/** Shortest first: an attempt that this one refuses must not use up the others. */
const LIMITS = [
  { limit: 5, windowSeconds: 60 },
  { limit: 10, windowSeconds: 900 },
  { limit: 25, windowSeconds: 14_400 },
]

/** Counts attempts by account alone, for a deployment without a throttle of logins. */
export function createFactorThrottle({ stores, clock, secretBox }: FactorHost): FactorThrottle {
  const box = secretBox('mfa.throttle')
  return Object.freeze({
    take: async ({ subject }) => {
      for (const { limit, windowSeconds } of LIMITS) {
        const key = `mfa:step-up:${windowSeconds}:${box.hash(subject)}`
        const { allowed } = await stores.rateLimits.take({ key, limit, windowSeconds, cost: 1, now: clock() })
        if (!allowed) return { outcome: 'refused' }
      }
      return { outcome: 'allowed' }
    },
  } satisfies FactorThrottle)
}
