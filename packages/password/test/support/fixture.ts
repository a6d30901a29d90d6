import { type AuthCore, type AuthCoreOptions, type AuthEvent, createAuthCore } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import {
  type CreateLoginOptions,
  createLogin,
  createPasswordHasher,
  type Login,
  type PasswordAccount,
  type PasswordAccounts,
  type PasswordHasher,
} from '../../src/index.js'

export const SECRET = 'x7Jr2mQe9ZtV4bNc8LwKp1Ys6HdFg3AuTqRk5MvXn0E'
export const PASSWORD = 'correct horse battery staple'
export const NEW_PASSWORD = 'seven ducks crossing a bridge'
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

/** What is stored of an account. */
export interface StoredAccount extends PasswordAccount {
  readonly name: string
}

/** Accounts of an application in memory, with a conditional write as a database has it. */
export class MemoryAccounts implements PasswordAccounts {
  readonly rows = new Map<string, StoredAccount>()
  readonly calls: string[] = []

  put(account: StoredAccount): void {
    this.rows.set(account.subject, account)
  }

  async find(identifier: string) {
    this.calls.push('find')
    return [...this.rows.values()].find(
      ({ name, email }) => name === identifier.toLowerCase() || email === identifier.toLowerCase(),
    )
  }

  async findBySubject(subject: string) {
    this.calls.push('findBySubject')
    return this.rows.get(subject)
  }

  async savePasswordHash({
    subject,
    passwordHash,
    replaces,
  }: Parameters<PasswordAccounts['savePasswordHash']>[0]) {
    const account = this.rows.get(subject)
    if (account === undefined || (account.passwordHash ?? undefined) !== replaces) return { saved: false }
    this.rows.set(subject, { ...account, passwordHash })
    return { saved: true }
  }

  async insert({ identifier, passwordHash }: { identifier: string; passwordHash: string }) {
    const name = identifier.toLowerCase()
    if ((await this.find(name)) !== undefined) return undefined
    const subject = `user-${this.rows.size + 1}`
    this.put({ subject, name, passwordHash })
    return { subject }
  }

  hashOf(subject: string): string {
    return this.rows.get(subject)?.passwordHash ?? ''
  }
}

/** What a hasher was asked to do. */
export interface HasherLog {
  readonly calls: ('hash' | 'verify' | 'simulate')[]
}

/** Counts what another hasher does. */
export function countCalls(hasher: PasswordHasher): PasswordHasher & HasherLog {
  const calls: HasherLog['calls'] = []
  return {
    calls,
    hash: password => {
      calls.push('hash')
      return hasher.hash(password)
    },
    verify: (password, passwordHash) => {
      calls.push('verify')
      return hasher.verify(password, passwordHash)
    },
    simulate: password => {
      calls.push('simulate')
      return hasher.simulate(password)
    },
  }
}

/** Compares plain texts: for tests of what comes before and after, of which there are hundreds at once. */
export const plainHasher: PasswordHasher = {
  hash: async password => `plain:${password}`,
  verify: async (password, passwordHash) => ({
    matches: passwordHash === `plain:${password}`,
    needsRehash: false,
  }),
  simulate: async () => {},
}

/** The least that is allowed, so that tests are quick. */
export const realHasher: PasswordHasher = createPasswordHasher({
  argon2id: { memoryKib: 7168, passes: 5 },
  maxQueued: 1000,
})

export interface TestLogin {
  readonly auth: AuthCore
  readonly clock: HeldClock
  readonly accounts: MemoryAccounts
  readonly login: Login
  readonly hasher: PasswordHasher & HasherLog
  readonly events: AuthEvent[]
  typesOf(prefix: string): string[]
}

export type TestLoginOptions = Partial<Omit<CreateLoginOptions, 'auth' | 'accounts'>> & {
  readonly accounts?: PasswordAccounts
  readonly core?: Partial<AuthCoreOptions>
}

/** A deployment with one account, `ada`, whose password is `PASSWORD`. */
export async function deployLogin({ core, accounts, ...options }: TestLoginOptions = {}): Promise<TestLogin> {
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
  const hasher = countCalls(options.hasher ?? plainHasher)
  const memory = new MemoryAccounts()
  memory.put({
    subject: 'user-ada',
    name: 'ada',
    email: 'ada@example.com',
    passwordHash: await hasher.hash(PASSWORD),
  })
  hasher.calls.length = 0
  const login = createLogin({ ...options, auth, accounts: accounts ?? memory, hasher })
  return {
    auth,
    clock,
    accounts: memory,
    login,
    hasher,
    events,
    typesOf: prefix => events.map(({ type }) => type as string).filter(type => type.startsWith(prefix)),
  }
}

/** What a call came to: its value, or the code of its error. */
export async function outcomeOf<Value>(call: Promise<Value>): Promise<Value | string> {
  return call.catch((error: unknown) => String(Reflect.get(Object(error), 'code')))
}

/** Takes the tokens of a login that must be complete. */
export function completed<Result extends { readonly outcome: string }>(
  result: Result,
): Extract<Result, { outcome: 'completed' }> {
  if (result.outcome !== 'completed') throw new Error(`The login is ${result.outcome}.`)
  return result as Extract<Result, { outcome: 'completed' }>
}

/** Takes a login that must be pending. */
export function pending<Result extends { readonly outcome: string }>(
  result: Result,
): Extract<Result, { outcome: 'second_factor_required' }> {
  if (result.outcome !== 'second_factor_required') throw new Error(`The login is ${result.outcome}.`)
  return result as Extract<Result, { outcome: 'second_factor_required' }>
}
