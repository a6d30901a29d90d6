import { type AuthCore, type AuthCoreOptions, type AuthEvent, createAuthCore } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import {
  type CreateOAuthClientsOptions,
  type CreateOpaqueTokensOptions,
  createOAuthClients,
  createOpaqueTokens,
  type OAuthClientRegistry,
  type OpaqueTokens,
} from '../../src/index.js'

export const ISSUER = 'https://auth.example.com'
export const AUDIENCE = 'https://api.example.com'
export const SECRET = 'x7Jr2mQe9ZtV4bNc8LwKp1Ys6HdFg3AuTqRk5MvXn0E'
export const OTHER_SECRET = 'Wq8ZnV3xTb6YkR1mPc5LjH9sGd2FaE7uNtKv4MwXo0i'
export const START: number = Date.UTC(2030, 0, 1, 12)

/** A clock that only the test moves. */
export interface HeldClock {
  (): number
  advance(seconds: number): void
}

export function holdClock(start: number = START): HeldClock {
  let now = start
  return Object.assign(() => now, {
    advance: (seconds: number) => {
      now += seconds * 1000
    },
  })
}

export interface TokenDeployment {
  readonly auth: AuthCore
  readonly clock: HeldClock
  readonly events: AuthEvent[]
  readonly opaqueTokens: OpaqueTokens
  readonly clients: OAuthClientRegistry
  eventsOf<Type extends AuthEvent['type']>(type: Type): Extract<AuthEvent, { type: Type }>[]
}

export interface TokenDeploymentOptions {
  readonly core?: Partial<AuthCoreOptions>
  readonly tokens?: CreateOpaqueTokensOptions
  readonly clients?: CreateOAuthClientsOptions
  readonly clock?: HeldClock
}

/** A deployment in memory unless told otherwise, with a held clock. */
export function deploy(options: TokenDeploymentOptions = {}): TokenDeployment {
  const clock = options.clock ?? holdClock()
  const events: AuthEvent[] = []
  const auth = createAuthCore({
    issuer: ISSUER,
    audience: AUDIENCE,
    secrets: [SECRET],
    stores: memoryStores(),
    clock,
    events: event => events.push(event),
    accessToken: { algorithm: 'EdDSA' },
    ...options.core,
  })
  return {
    auth,
    clock,
    events,
    opaqueTokens: createOpaqueTokens(auth, options.tokens),
    clients: createOAuthClients(auth, options.clients),
    eventsOf: type =>
      events.filter((event): event is Extract<AuthEvent, { type: typeof type }> => event.type === type),
  }
}

/** Counts the calls of every method of every store. */
export function countCalls<Stores extends object>(stores: Stores): { stores: Stores; calls: string[] } {
  const calls: string[] = []
  const wrap = (name: string, store: object): object =>
    new Proxy(store, {
      get(target, method) {
        const member: unknown = Reflect.get(target, method)
        if (typeof member !== 'function') return member
        return (...given: unknown[]) => {
          calls.push(`${name}.${String(method)}`)
          return member.apply(target, given)
        }
      },
    })
  const wrapped = Object.entries(stores).map(([name, store]) => [name, wrap(name, store)])
  // each member has the methods of the one that it wraps
  return { stores: Object.fromEntries(wrapped) as Stores, calls }
}

/** Something that waits until it is let go. */
export function createGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { opened, open: () => open() }
}
