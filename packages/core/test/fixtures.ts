import { type AuthCore, type AuthCoreOptions, type AuthEvent, createAuthCore } from '../src/index.js'
import { memoryStores } from '../src/memory/index.js'
import type { Stores } from '../src/ports/index.js'

/** A clock that only the test moves. */
export interface HeldClock {
  (): number
  advance(seconds: number): void
  advanceMs(milliseconds: number): void
}

export const START: number = Date.UTC(2030, 0, 1, 12, 0, 0, 250)
export const ISSUER = 'https://auth.example.com'
export const AUDIENCE = 'https://api.example.com'
export const SECRET = 'x7Jr2mQe9ZtV4bNc8LwKp1Ys6HdFg3AuTqRk5MvXn0E'
export const OTHER_SECRET = 'Wq8ZnV3xTb6YkR1mPc5LjH9sGd2FaE7uNtKv4MwXo0i'

export function holdClock(start: number = START): HeldClock {
  let now = start
  return Object.assign(() => now, {
    advance: (seconds: number) => {
      now += seconds * 1000
    },
    advanceMs: (milliseconds: number) => {
      now += milliseconds
    },
  })
}

export interface TestDeployment {
  readonly auth: AuthCore
  readonly clock: HeldClock
  readonly stores: Stores
  readonly events: AuthEvent[]
  eventsOf<Type extends AuthEvent['type']>(type: Type): Extract<AuthEvent, { type: Type }>[]
}

/** A deployment on fresh memory stores with a held clock; EdDSA, because making RSA keys is slow. */
export function deploy(options: Partial<AuthCoreOptions> = {}): TestDeployment {
  const clock = holdClock()
  const stores = options.stores ?? memoryStores()
  const events: AuthEvent[] = []
  const auth = createAuthCore({
    issuer: ISSUER,
    audience: AUDIENCE,
    secrets: [SECRET],
    clock,
    events: event => events.push(event),
    ...options,
    stores,
    accessToken: { algorithm: 'EdDSA', ...options.accessToken },
  })
  return {
    auth,
    clock: options.clock === undefined ? clock : (options.clock as HeldClock),
    stores,
    events,
    eventsOf: type =>
      events.filter((event): event is Extract<AuthEvent, { type: typeof type }> => event.type === type),
  }
}

/** Runs `count` calls at once and gives what each came to: the value, or the code of its error. */
export async function race<Value>(
  count: number,
  call: (index: number) => Promise<Value>,
): Promise<{ readonly values: Value[]; readonly codes: string[] }> {
  const settled = await Promise.allSettled(Array.from({ length: count }, (_, index) => call(index)))
  return {
    values: settled.flatMap(result => (result.status === 'fulfilled' ? [result.value] : [])),
    codes: settled.flatMap(result => (result.status === 'rejected' ? [String(result.reason.code)] : [])),
  }
}

/** A store whose methods are its own but for those that are replaced. */
export function override<Store extends object>(store: Store, methods: Partial<Store>): Store {
  return new Proxy(store, {
    get(target, name) {
      if (Object.hasOwn(methods, name)) return Reflect.get(methods, name)
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
