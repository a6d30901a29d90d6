import {
  type AccessTokenPrincipal,
  type AuthCore,
  type AuthCoreOptions,
  type AuthEvent,
  createAuthCore,
} from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { HOTP, Secret, TOTP } from 'otpauth'
import { type CreateSecondFactorsOptions, createSecondFactors, type SecondFactors } from '../../src/index.js'

export const SECRET = 'x7Jr2mQe9ZtV4bNc8LwKp1Ys6HdFg3AuTqRk5MvXn0E'
const START = Date.UTC(2030, 0, 1, 12)

/** A clock that only the test moves. */
export interface HeldClock {
  (): number
  advance(seconds: number): void
}

export function holdClock(): HeldClock {
  let now = START
  return Object.assign(() => now, {
    advance: (seconds: number) => {
      now += seconds * 1000
    },
  })
}

export interface Deployment {
  readonly auth: AuthCore
  readonly clock: HeldClock
  readonly factors: SecondFactors
  readonly events: AuthEvent[]
  /** The principal of somebody who has just logged in. */
  logIn(subject?: string): Promise<AccessTokenPrincipal>
  eventsOf(type: AuthEvent['type']): AuthEvent[]
}

export type DeployOptions = Partial<Omit<CreateSecondFactorsOptions, 'auth'>> & {
  readonly core?: Partial<AuthCoreOptions>
}

/** A deployment in memory unless told otherwise. */
export function deploy({ core, ...options }: DeployOptions = {}): Deployment {
  const clock = holdClock()
  const events: AuthEvent[] = []
  const auth = createAuthCore({
    issuer: 'https://auth.example.com',
    audience: 'https://api.example.com',
    secrets: [SECRET],
    stores: memoryStores(),
    clock,
    events: event => events.push(event),
    accessToken: { algorithm: 'EdDSA' },
    ...core,
  })
  const factors = createSecondFactors({ issuerName: 'Example Shop', ...options, auth })
  return {
    auth,
    clock,
    factors,
    events,
    logIn: async (subject = 'user-ada') => {
      const { accessToken } = await auth.sessions.start({ subject, amr: ['pwd'] })
      return auth.accessTokens.verify(accessToken)
    },
    eventsOf: type => events.filter(event => event.type === type),
  }
}

/** The code that an authenticator app shows. */
export function totpCode(secret: string, now: number, options: { digits?: number; algorithm?: string } = {}) {
  return TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: now, ...options })
}

export function hotpCode(secret: string, counter: number): string {
  return HOTP.generate({ secret: Secret.fromBase32(secret), counter })
}

/** Another code of as many digits. */
export function wrongCode(code: string): string {
  return String((Number(code) + 1) % 10 ** code.length).padStart(code.length, '0')
}

/** Adds an authenticator app and goes on to the next time step. */
export async function enrolTotp(deployment: Deployment, subject?: string) {
  const { factors, clock, logIn } = deployment
  const principal = await logIn(subject)
  const enrolment = await factors.startTotp(principal, { accountName: 'ada@example.com' })
  const { factorId, secret } = enrolment
  await factors.confirmTotp(principal, { factorId, code: totpCode(secret, clock()) })
  clock.advance(60)
  return { ...enrolment, principal }
}

/** What a call came to: its value, or the code of its error. */
export async function outcomeOf<Value>(call: Promise<Value>): Promise<Value | string> {
  return call.catch((error: unknown) => String(Reflect.get(Object(error), 'code')))
}

/** How many of the outcomes are no error. */
export function countPassed(outcomes: readonly unknown[]): number {
  return outcomes.filter(outcome => typeof outcome !== 'string').length
}
