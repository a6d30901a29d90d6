import type { RotateSessionOutcome, SessionStore } from '@authcore/core/ports'
import fc from 'fast-check'
import { expect } from '../expect.js'
import { START, sessionRecord } from '../fixtures.js'
import type { PortKit } from '../port-kit.js'
import { checkModel, type ModelCommand, pick } from './model-property.js'

const IDLE_MS = 30_000
const ABSOLUTE_MS = 90_000
const GRACE_MS = 5000
const SUBJECTS = ['user-1', 'user-2'] as const

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

interface SessionModel {
  readonly run: string
  now: number
  tokens: number
  readonly sessions: ModelSession[]
}

type SessionCommand = ModelCommand<SessionModel, SessionStore>

/** Registers the property that a session store does what a list of tokens says. */
export function describeSessionModel(kit: PortKit<SessionStore>): void {
  kit.describe('any order of commands', () => {
    kit.it('does what the model does', (store, { tally }) =>
      checkModel({
        store,
        commands: COMMANDS,
        createModel: (run): SessionModel => ({ run, now: START, tokens: 0, sessions: [] }),
        settings: kit.settings,
        tally,
      }),
    )
  })
}

function isPast(session: ModelSession, now: number): boolean {
  return now >= session.endsAt || (session.endedAt === undefined && now >= session.idleEndsAt)
}

function isLive(session: ModelSession, now: number): boolean {
  return session.endedAt === undefined && !isPast(session, now)
}

function newestFirst(one: ModelSession, other: ModelSession): number {
  return other.createdAt - one.createdAt || (one.id < other.id ? -1 : 1)
}

const start = (subject: string): SessionCommand => ({
  name: `start(${subject})`,
  async run(model, store) {
    const id = `${model.run}-session-${model.sessions.length}`
    const token = `token-${model.tokens++}`
    const session: ModelSession = {
      id,
      subject: `${model.run}-${subject}`,
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
      subject: session.subject,
      createdAt: model.now,
      currentHash: token,
      idleExpiresAt: session.idleEndsAt,
      absoluteExpiresAt: session.endsAt,
    })
    await store.insert({ session: record, now: model.now })
    await store.insert({ session: record, now: model.now })
  },
})

/** `age` 0 is the current token, 1 its predecessor; -1 a made-up one. */
const rotate = (number: number, age: number): SessionCommand => ({
  name: `rotate(${number}, ${age})`,
  async run(model, store) {
    const session = pick(model.sessions, number)
    if (session === undefined) return
    const last = session.tokens.length - 1
    const index = age < 0 ? last : Math.max(0, last - age)
    const presented = age < 0 ? 'made up' : (session.tokens[index] ?? '')
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
    expectRotation(model.now, session, { index, presented, successor }, outcome)
  },
})

function expectRotation(
  now: number,
  session: ModelSession,
  token: { readonly index: number; readonly presented: string; readonly successor: string },
  outcome: RotateSessionOutcome,
): void {
  const last = session.tokens.length - 1
  const firstUse = session.firstUses[token.index]
  if (isPast(session, now)) {
    expect(outcome.outcome).toBeOneOf(['expired', 'not_found'])
  } else if (session.endedAt !== undefined) {
    expect(outcome).toMatch({ outcome: 'revoked', session: { revokedAt: session.endedAt } })
  } else if (token.presented === session.tokens[last]) {
    expect(outcome).toMatch({ outcome: 'rotated', session: { currentHash: token.successor } })
    session.tokens.push(token.successor)
    session.firstUses.push(now)
    session.idleEndsAt = Math.min(now + IDLE_MS, session.endsAt)
  } else if (token.index === last - 1 && firstUse !== undefined && now < firstUse + GRACE_MS) {
    expect(outcome).toMatch({ outcome: 'replayed', sealedSuccessor: `sealed ${session.tokens[last]}` })
  } else {
    expect(outcome).toMatch({ outcome: 'reused', session: { revokedAt: now } })
    session.endedAt = now
  }
}

const revoke = (number: number): SessionCommand => ({
  name: `revoke(${number})`,
  async run(model, store) {
    const session = pick(model.sessions, number)
    if (session === undefined) return
    const { now } = model
    expect(await store.revoke({ id: session.id, reason: 'revoked', now })).toEqual({
      found: !isPast(session, now),
    })
    if (isLive(session, now)) session.endedAt = now
  },
})

const revokeAll = (name: string, except: number): SessionCommand => ({
  name: `revokeAll(${name}, ${except})`,
  async run({ run, now, sessions }, store) {
    const subject = `${run}-${name}`
    const exceptId = `${run}-session-${except}`
    const { ids } = await store.revokeAll({ subject, exceptId, reason: 'subject_revoked', now })
    const own = sessions.filter(session => session.subject === subject)
    for (const session of own) {
      if (session.id !== exceptId && isLive(session, now)) session.endedAt = now
    }
    const ended = own.filter(session => session.endedAt !== undefined && !isPast(session, now))
    expect([...ids].sort()).toEqual(ended.map(({ id }) => id).sort())
  },
})

const sweep = (limit: number): SessionCommand => ({
  name: `sweep(${limit})`,
  async run({ now }, store) {
    expect((await store.sweep({ now, limit })).removed).toBeAtMost(limit)
  },
})

const advance = (milliseconds: number): SessionCommand => ({
  name: `advance(${milliseconds})`,
  async run(model) {
    model.now += milliseconds
  },
})

const find = (number: number): SessionCommand => ({
  name: `find(${number})`,
  async run({ now, sessions }, store) {
    const session = pick(sessions, number)
    if (session === undefined) return
    const found = await store.find({ id: session.id, now })
    const isGone = isPast(session, now) || now >= session.idleEndsAt
    const expected = [session.tokens.at(-1), session.tokens.length - 1, session.endedAt]
    expect([found?.currentHash, found?.generation, found?.revokedAt]).toEqual(
      isGone ? [undefined, undefined, undefined] : expected,
    )
  },
})

const list = (name: string, limit: number): SessionCommand => ({
  name: `list(${name}, ${limit})`,
  async run({ run, now, sessions }, store) {
    const subject = `${run}-${name}`
    const live = sessions.filter(one => one.subject === subject && isLive(one, now)).sort(newestFirst)
    const listed = await store.list({ subject, now, limit })
    expect(listed.map(({ id }) => id)).toEqual(live.slice(0, limit).map(({ id }) => id))
  },
})

const number = fc.nat({ max: 7 })
const subject = fc.constantFrom(...SUBJECTS)
const age = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 2, 3) },
)
const rotations = fc.tuple(number, age).map(([session, tokenAge]) => rotate(session, tokenAge))
const COMMANDS: readonly fc.Arbitrary<SessionCommand>[] = [
  subject.map(start),
  rotations,
  rotations,
  rotations,
  fc.oneof(
    number.map(revoke),
    fc.tuple(subject, number).map(([name, except]) => revokeAll(name, except)),
    fc.nat({ max: 3 }).map(sweep),
  ),
  fc.constantFrom(0, 1, GRACE_MS - 1, GRACE_MS, 12_000, IDLE_MS - 1, IDLE_MS).map(advance),
  fc.oneof(
    number.map(find),
    fc.tuple(subject, fc.constantFrom(1, 10)).map(([name, limit]) => list(name, limit)),
  ),
]
