import type {
  ApiKeyPatch,
  ApiKeyRateLimit,
  ApiKeyRecord,
  ApiKeyStore,
  RotateApiKeyOutcome,
} from '@authcore/core/ports'
import fc from 'fast-check'
import { expect } from '../expect.js'
import { lastingApiKeyRecord, START } from '../fixtures.js'
import type { PortKit } from '../port-kit.js'
import { checkModel, type ModelCommand, pick } from './model-property.js'

interface ApiKeyModel {
  readonly run: string
  now: number
  ids: number
  /** Every key ever stored, expired ones included; a change replaces the record. */
  readonly keys: ApiKeyRecord[]
}

type ApiKeyCommand = ModelCommand<ApiKeyModel, ApiKeyStore>

const OWNERS = ['owner-1', 'owner-2'] as const

/** Registers the property that an API key store does what a list of records says. */
export function describeApiKeyModel(kit: PortKit<ApiKeyStore>): void {
  kit.describe('any order of commands', () => {
    kit.it('does what the model does', (store, { tally }) =>
      checkModel({
        store,
        commands: COMMANDS,
        createModel: (run): ApiKeyModel => ({ run, now: START, ids: 0, keys: [] }),
        settings: kit.settings,
        tally,
      }),
    )
  })
}

function isUnexpired({ expiresAt }: ApiKeyRecord, now: number): boolean {
  return expiresAt === undefined || now < expiresAt
}

function newestFirst(one: ApiKeyRecord, other: ApiKeyRecord): number {
  return other.createdAt - one.createdAt || (one.id < other.id ? -1 : 1)
}

function change(model: ApiKeyModel, apiKey: ApiKeyRecord, fields: Partial<ApiKeyRecord>): ApiKeyRecord {
  const changed = { ...apiKey, ...fields }
  model.keys[model.keys.indexOf(apiKey)] = changed
  return changed
}

interface KeyShape {
  readonly owner: string
  readonly uses: number | undefined
  readonly lifetime: number | undefined
  readonly delay: number | undefined
  readonly rate: ApiKeyRateLimit | undefined
}

const insert = ({ owner, uses, lifetime, delay, rate }: KeyShape): ApiKeyCommand => ({
  name: `insert(${owner}, ${uses}, ${lifetime}, ${delay})`,
  async run(model, store) {
    const { run, now } = model
    const id = `${run}-key-${model.ids++}`
    const apiKey = lastingApiKeyRecord({
      id,
      lineageId: id,
      ownerId: `${run}-${owner}`,
      createdAt: now,
      ...(uses !== undefined && { remainingUses: uses }),
      ...(lifetime !== undefined && { expiresAt: now + lifetime }),
      ...(delay !== undefined && { notBeforeAt: now + delay }),
      ...(rate !== undefined && { rateLimit: rate }),
    })
    model.keys.push(apiKey)
    await store.insert({ apiKey, now })
    await store.insert({ apiKey, now })
  },
})

/** A command on one of the keys, if there is one; it gets the key only while that is unexpired. */
function onKey(
  name: string,
  number: number,
  run: (
    model: ApiKeyModel,
    id: string,
    apiKey: ApiKeyRecord | undefined,
    store: ApiKeyStore,
  ) => Promise<void>,
): ApiKeyCommand {
  return {
    name: `${name}(${number})`,
    async run(model, store) {
      const apiKey = pick(model.keys, number)
      if (apiKey === undefined) return
      await run(model, apiKey.id, isUnexpired(apiKey, model.now) ? apiKey : undefined, store)
    },
  }
}

const find = (number: number): ApiKeyCommand =>
  onKey('find', number, async ({ now }, id, apiKey, store) => {
    expect(await store.find({ id, now })).toEqual(apiKey)
  })

const consumeUse = (number: number): ApiKeyCommand =>
  onKey('consumeUse', number, async (model, id, apiKey, store) => {
    const { now } = model
    const outcome = await store.consumeUse({ id, now })
    const left = apiKey?.remainingUses
    const isUsable =
      apiKey?.revokedAt === undefined &&
      apiKey?.disabledAt === undefined &&
      now >= (apiKey?.notBeforeAt ?? now)
    if (apiKey === undefined || left === undefined || !isUsable) {
      expect(outcome).toEqual({ outcome: 'refused' })
    } else if (left === 0) {
      expect(outcome).toEqual({ outcome: 'exhausted' })
    } else {
      expect(outcome).toEqual({ outcome: 'consumed', remainingUses: left - 1 })
      change(model, apiKey, { remainingUses: left - 1 })
    }
  })

const rotate = (number: number, overlap: number, lifetime: number | undefined): ApiKeyCommand =>
  onKey('rotate', number, async (model, id, apiKey, store) => {
    const { now } = model
    const successor = {
      id: `${model.run}-key-${model.ids++}`,
      hash: `hash-${model.ids}`,
      secretId: 'secret-2',
      ...(lifetime !== undefined && { expiresAt: now + lifetime }),
    }
    const overlapExpiresAt = now + overlap
    const outcome = await store.rotate({ id, successor, overlapExpiresAt, now })
    if (apiKey === undefined) expect(outcome).toEqual({ outcome: 'not_found' })
    else if (apiKey.revokedAt !== undefined) expect(outcome).toEqual({ outcome: 'revoked' })
    else if (apiKey.successorId !== undefined) expect(outcome).toEqual({ outcome: 'already_rotated' })
    else expect(outcome).toEqual(rotateInModel(model, apiKey, successor, overlapExpiresAt))
  })

function rotateInModel(
  model: ApiKeyModel,
  apiKey: ApiKeyRecord,
  given: Pick<ApiKeyRecord, 'id' | 'hash' | 'secretId' | 'expiresAt'>,
  overlapExpiresAt: number,
): RotateApiKeyOutcome {
  const { lastUsedAt: _, ...kept } = apiKey
  const { expiresAt, createdAt } = apiKey
  const successor: ApiKeyRecord = {
    ...kept,
    ...(expiresAt !== undefined && { expiresAt: model.now + (expiresAt - createdAt) }),
    ...given,
    createdAt: model.now,
  }
  model.keys.push(successor)
  const predecessor = change(model, apiKey, {
    successorId: given.id,
    expiresAt: Math.min(expiresAt ?? overlapExpiresAt, overlapExpiresAt),
    ...(apiKey.remainingUses !== undefined && { remainingUses: 0 }),
  })
  return { outcome: 'rotated', predecessor, successor }
}

const revoke = (number: number): ApiKeyCommand =>
  onKey('revoke', number, async (model, id, apiKey, store) => {
    expect(await store.revoke({ id, now: model.now })).toEqual({ found: apiKey !== undefined })
    if (apiKey !== undefined && apiKey.revokedAt === undefined)
      change(model, apiKey, { revokedAt: model.now })
  })

const update = (number: number, patch: ApiKeyPatch): ApiKeyCommand =>
  onKey(`update ${JSON.stringify(patch)}`, number, async (model, id, apiKey, store) => {
    const { now } = model
    const updated = await store.update({ id, patch, now })
    if (apiKey === undefined || apiKey.revokedAt !== undefined) expect(updated).toBeAbsent()
    else expect(updated).toEqual(change(model, patched(model, apiKey, patch, now), {}))
  })

function patched(model: ApiKeyModel, apiKey: ApiKeyRecord, patch: ApiKeyPatch, now: number): ApiKeyRecord {
  const { disabled, ...fields } = patch
  const merged = Object.entries({ ...apiKey, ...fields }).filter(([, value]) => value !== null)
  // a null takes the field away; what is left has the fields of a record
  const { disabledAt, ...record } = Object.fromEntries(merged) as unknown as ApiKeyRecord
  const isDisabled = disabled ?? disabledAt !== undefined
  const result = isDisabled ? { ...record, disabledAt: disabledAt ?? now } : record
  model.keys[model.keys.indexOf(apiKey)] = result
  return result
}

const touch = (number: number, distance: number): ApiKeyCommand =>
  onKey('touch', number, async (model, id, apiKey, store) => {
    const lastUsedAt = model.now + distance
    await store.touch({ uses: [{ id, lastUsedAt }], now: model.now })
    if (apiKey !== undefined && lastUsedAt > (apiKey.lastUsedAt ?? 0)) change(model, apiKey, { lastUsedAt })
  })

const list = (owner: string, limit: number): ApiKeyCommand => ({
  name: `list(${owner}, ${limit})`,
  async run({ run, now, keys }, store) {
    const ownerId = `${run}-${owner}`
    const own = keys
      .filter(apiKey => apiKey.ownerId === ownerId && isUnexpired(apiKey, now))
      .sort(newestFirst)
    expect(await store.list({ ownerId, now, limit })).toEqual(own.slice(0, limit))
  },
})

const sweep = (limit: number): ApiKeyCommand => ({
  name: `sweep(${limit})`,
  async run({ now }, store) {
    expect((await store.sweep({ now, limit })).removed).toBeAtMost(limit)
  },
})

const advance = (milliseconds: number): ApiKeyCommand => ({
  name: `advance(${milliseconds})`,
  async run(model) {
    model.now += milliseconds
  },
})

const number = fc.nat({ max: 9 })
const lifetime = fc.constantFrom(undefined, 1000, 5000, 30_000)
const owner = fc.constantFrom(...OWNERS)
const patches: fc.Arbitrary<ApiKeyPatch> = fc.constantFrom<ApiKeyPatch>(
  {},
  { name: 'new' },
  { scope: [], metadata: { new: true } },
  { disabled: true },
  { disabled: false },
  { remainingUses: 2 },
  { remainingUses: null },
  { notBeforeAt: START + 3000 },
  { notBeforeAt: null },
  { expiresAt: START + 20_000 },
  { expiresAt: null },
  { rateLimit: { limit: 5, windowSeconds: 1 } },
  { rateLimit: null },
)
const COMMANDS: readonly fc.Arbitrary<ApiKeyCommand>[] = [
  fc
    .record({
      owner,
      uses: fc.constantFrom(undefined, 0, 1, 3),
      lifetime,
      delay: fc.constantFrom(undefined, undefined, 0, 500),
      rate: fc.constantFrom(undefined, { limit: 100, windowSeconds: 60 }),
    })
    .map(insert),
  fc.tuple(number, fc.constantFrom(0, 1000, 60_000), lifetime).map(parts => rotate(...parts)),
  number.map(find),
  number.map(consumeUse),
  fc.tuple(number, patches).map(parts => update(...parts)),
  fc.tuple(number, fc.constantFrom(0, 1, -1000)).map(parts => touch(...parts)),
  fc.tuple(owner, fc.constantFrom(1, 10)).map(parts => list(...parts)),
  fc.oneof(number.map(revoke), fc.nat({ max: 3 }).map(sweep), fc.constantFrom(0, 1, 999, 5000).map(advance)),
]
