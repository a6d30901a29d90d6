import { type AuthCore, type AuthEvent, createAuthCore } from '@authcore/core'
import type { Stores } from '@authcore/core/ports'
import { expect } from '../expect.js'
import { START } from '../fixtures.js'

/** A clock that only the test moves. */
export interface HeldClock {
  (): number
  advance(milliseconds: number): void
}

/** One process of a deployment. */
export interface Deployment {
  readonly auth: AuthCore
  readonly events: readonly AuthEvent[]
}

// a published constant protects nothing: these deployments live as long as a test
const SECRET = 'x7Jr2mQe9ZtV4bNc8LwKp1Ys6HdFg3AuTqRk5MvXn0E'

export function holdClock(): HeldClock {
  let now = START
  return Object.assign(() => now, {
    advance: (milliseconds: number) => {
      now += milliseconds
    },
  })
}

/** Starts a process that knows nothing yet: it reads the signing keys at its first use. */
export function deploy(stores: Stores, clock: HeldClock): Deployment {
  const events: AuthEvent[] = []
  const auth = createAuthCore({
    issuer: 'https://auth.example.com',
    audience: 'https://api.example.com',
    secrets: [SECRET],
    stores,
    clock,
    events: event => {
      events.push(event)
    },
    // works in every runtime and costs no time to make
    accessToken: { algorithm: 'HS256' },
  })
  return { auth, events }
}

/** The code of the error with which a call of AuthCore ends; `undefined` when it succeeds. */
export async function findErrorCode(call: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await call()
    return undefined
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
    return typeof code === 'string' ? code : `not an error of AuthCore: ${String(error)}`
  }
}

/** Nobody stole anything in these tests. */
export function expectNoAlarm(...processes: readonly Deployment[]): void {
  expect(countEvents(processes, 'session.refresh_token_reused')).toEqual(0)
}

/** How many events of a type these processes have seen. */
export function countEvents(processes: readonly Deployment[], type: AuthEvent['type']): number {
  return processes.flatMap(({ events }) => events).filter(event => event.type === type).length
}
