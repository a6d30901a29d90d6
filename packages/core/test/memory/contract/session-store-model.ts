import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SessionStore } from '../../../src/ports/session-store.js'
import { START, type StoreFactory, sessionRecord } from './fixtures.js'

const IDLE_MS = 30_000
const ABSOLUTE_MS = 90_000
const GRACE_MS = 5000

/** What the contract says about one session, told by its tokens and not by a record. */
interface ModelSession {
  readonly id: string
  readonly subject: string
  readonly createdAt: number
  /** Every token ever issued, oldest first; the last is current. */
  readonly tokens: string[]
  /** When each token but the last was used first. */
  readonly firstUses: number[]
  idleEndsAt: number
  readonly endsAt: number
  endedAt: number | undefined
}

interface Model {
  now: number
  tokens: number
  readonly sessions: ModelSession[]
}

type SessionCommand = fc.AsyncCommand<Model, SessionStore>

const SUBJECTS = ['user-1', 'user-2'] as const

function isPast(session: ModelSession, now: number): boolean {
  return now >= session.endsAt || (session.endedAt === undefined && now >= session.idleEndsAt)
}

function isLive(session: ModelSession, now: number): boolean {
  return session.endedAt === undefined && !isPast(session, now)
}

function newestFirst(one: ModelSession, other: ModelSession): number {
  return other.createdAt - one.createdAt || (one.id < other.id ? -1 : 1)
}

class StartSession implements SessionCommand {
  constructor(readonly subject: string) {}
  check = () => true
  async run(model: Model, store: SessionStore): Promise<void> {
    const id = `session-${model.sessions.length}`
    const token = `token-${model.tokens++}`
    const session: ModelSession = {
      id,
      subject: this.subject,
      createdAt: model.now,
      tokens: [token],
      firstUses: [],
      idleEndsAt: model.now + IDLE_MS,
      endsAt: model.now + ABSOLUTE_MS,
      endedAt: undefined,
    }
    model.sessions.push(session)
    const record = sessionRecord({
      id,
      subject: this.subject,
      createdAt: model.now,
      currentHash: token,
      idleExpiresAt: session.idleEndsAt,
      absoluteExpiresAt: session.endsAt,
    })
    await store.insert({ session: record, now: model.now })
    await store.insert({ session: record, now: model.now })
  }
  toString = () => `start(${this.subject})`
}

class Rotate implements SessionCommand {
  /** `age` 0 is the current token, 1 its predecessor; -1 a made-up one. */
  constructor(
    readonly pick: number,
    readonly age: number,
  ) {}
  check = ({ sessions }: Readonly<Model>) => sessions.length > 0
  async run(model: Model, store: SessionStore): Promise<void> {
    const session = model.sessions[this.pick % model.sessions.length]
    if (session === undefined) return
    const last = session.tokens.length - 1
    const index = this.age < 0 ? last : Math.max(0, last - this.age)
    const presented = this.age < 0 ? 'made up' : (session.tokens[index] ?? '')
    const successor = `token-${model.tokens++}`
    const outcome = await store.rotate({
      id: session.id,
      presentedHash: presented,
      presentedGeneration: index,
      successorHash: successor,
      sealedSuccessor: `sealed ${successor}`,
      now: model.now,
      idleExpiresAt: model.now + IDLE_MS,
      graceSeconds: GRACE_MS / 1000,
    })
    this.expectOutcome(model, session, { index, presented, successor }, outcome)
  }
  private expectOutcome(
    model: Model,
    session: ModelSession,
    token: { readonly index: number; readonly presented: string; readonly successor: string },
    outcome: unknown,
  ): void {
    const last = session.tokens.length - 1
    if (isPast(session, model.now)) {
      expect(['expired', 'not_found']).toContain((outcome as { outcome: string }).outcome)
    } else if (session.endedAt !== undefined) {
      expect(outcome).toMatchObject({ outcome: 'revoked', session: { revokedAt: session.endedAt } })
    } else if (token.presented === session.tokens[last]) {
      expect(outcome).toMatchObject({ outcome: 'rotated', session: { currentHash: token.successor } })
      session.tokens.push(token.successor)
      session.firstUses.push(model.now)
      session.idleEndsAt = Math.min(model.now + IDLE_MS, session.endsAt)
    } else if (token.index === last - 1 && model.now - (session.firstUses[token.index] ?? 0) < GRACE_MS) {
      expect(outcome).toMatchObject({
        outcome: 'replayed',
        sealedSuccessor: `sealed ${session.tokens[last]}`,
      })
    } else {
      expect(outcome).toMatchObject({ outcome: 'reused', session: { revokedAt: model.now } })
      session.endedAt = model.now
    }
  }
  toString = () => `rotate(${this.pick}, ${this.age})`
}

class Revoke implements SessionCommand {
  constructor(readonly pick: number) {}
  check = ({ sessions }: Readonly<Model>) => sessions.length > 0
  async run(model: Model, store: SessionStore): Promise<void> {
    const session = model.sessions[this.pick % model.sessions.length]
    if (session === undefined) return
    const answer = await store.revoke({ id: session.id, reason: 'revoked', now: model.now })
    expect(answer).toEqual({ found: !isPast(session, model.now) })
    if (isLive(session, model.now)) session.endedAt = model.now
  }
  toString = () => `revoke(${this.pick})`
}

class RevokeAll implements SessionCommand {
  constructor(
    readonly subject: string,
    readonly except: number,
  ) {}
  check = () => true
  async run(model: Model, store: SessionStore): Promise<void> {
    const exceptId = `session-${this.except}`
    const { ids } = await store.revokeAll({
      subject: this.subject,
      exceptId,
      reason: 'subject_revoked',
      now: model.now,
    })
    const own = model.sessions.filter(session => session.subject === this.subject)
    for (const session of own) {
      if (session.id !== exceptId && isLive(session, model.now)) session.endedAt = model.now
    }
    const ended = own.filter(session => session.endedAt !== undefined && !isPast(session, model.now))
    expect([...ids].sort()).toEqual(ended.map(({ id }) => id).sort())
  }
  toString = () => `revokeAll(${this.subject}, ${this.except})`
}

class Advance implements SessionCommand {
  constructor(readonly milliseconds: number) {}
  check = () => true
  async run(model: Model): Promise<void> {
    model.now += this.milliseconds
  }
  toString = () => `advance(${this.milliseconds})`
}

class Sweep implements SessionCommand {
  constructor(readonly limit: number) {}
  check = () => true
  async run(model: Model, store: SessionStore): Promise<void> {
    const { removed } = await store.sweep({ now: model.now, limit: this.limit })
    expect(removed).toBeLessThanOrEqual(this.limit)
  }
  toString = () => `sweep(${this.limit})`
}

class Look implements SessionCommand {
  constructor(readonly limit: number) {}
  check = () => true
  async run(model: Model, store: SessionStore): Promise<void> {
    for (const subject of SUBJECTS) {
      const live = model.sessions.filter(one => one.subject === subject && isLive(one, model.now))
      const listed = await store.list({ subject, now: model.now, limit: this.limit })
      const expected = live.sort(newestFirst).slice(0, this.limit)
      expect(listed.map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
    }
    for (const session of model.sessions) {
      const found = await store.find({ id: session.id, now: model.now })
      const isGone = isPast(session, model.now) || model.now >= session.idleEndsAt
      expect([found?.currentHash, found?.generation, found?.revokedAt]).toEqual(
        isGone
          ? [undefined, undefined, undefined]
          : [session.tokens.at(-1), session.tokens.length - 1, session.endedAt],
      )
    }
  }
  toString = () => `look(${this.limit})`
}

const pick = fc.nat({ max: 7 })
const subject = fc.constantFrom(...SUBJECTS)
const age = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 2, 3) },
)
const commands = [
  subject.map(name => new StartSession(name)),
  fc.tuple(pick, age).map(([session, tokenAge]) => new Rotate(session, tokenAge)),
  fc.tuple(pick, age).map(([session, tokenAge]) => new Rotate(session, tokenAge)),
  fc.oneof(
    pick.map(session => new Revoke(session)),
    fc.tuple(subject, pick).map(([name, except]) => new RevokeAll(name, except)),
    fc.nat({ max: 3 }).map(limit => new Sweep(limit)),
  ),
  fc
    .constantFrom(0, 1, GRACE_MS - 1, GRACE_MS, 12_000, IDLE_MS - 1, IDLE_MS)
    .map(milliseconds => new Advance(milliseconds)),
  fc.constantFrom(1, 10).map(limit => new Look(limit)),
]

/** The contract of a session store against a model, over any order of commands. */
export function describeSessionStoreModel(
  name: string,
  createStore: StoreFactory<SessionStore>,
  { runs }: { readonly runs: number },
): void {
  describe(`${name}: any order of commands`, () => {
    it('does what the model does', { timeout: 60_000 }, async () => {
      const property = fc.asyncProperty(fc.commands(commands, { size: '+1' }), async run => {
        const real = await createStore()
        await fc.asyncModelRun(() => ({ model: { now: START, tokens: 0, sessions: [] }, real }), run)
      })
      await fc.assert(property, { numRuns: runs })
    })
  })
}
