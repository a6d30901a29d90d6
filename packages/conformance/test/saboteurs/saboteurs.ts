import { memoryStores } from '@authcore/core/memory'
import type { ApiKeyRecord, RevocationEntry, Stores as SomeStores } from '@authcore/core/ports'
import type { StoreName } from '../../src/index.js'

type Stores = Required<SomeStores>

/** A store that breaks one rule of the contract. */
export interface Saboteur {
  readonly name: string
  readonly store: StoreName
  readonly sabotage: (stores: Stores) => Partial<Stores[StoreName]>
}

function saboteur<Name extends StoreName>(
  store: Name,
  name: string,
  sabotage: (inner: Stores[Name], stores: Stores) => Partial<Stores[Name]>,
): Saboteur {
  return { name, store, sabotage: stores => sabotage(stores[store], stores) }
}

/** Memory stores of which one has some methods replaced. */
export function sabotagedStores({ store, sabotage }: Saboteur): Stores {
  const stores = memoryStores()
  const replaced = sabotage(stores)
  const broken = new Proxy(stores[store], {
    get(target, property) {
      const method: unknown = Reflect.get(Object.hasOwn(replaced, property) ? replaced : target, property)
      return typeof method === 'function' ? method.bind(target) : method
    },
  })
  return { ...stores, [store]: broken }
}

const sessions: readonly Saboteur[] = [
  saboteur('sessions', 'reads and then writes in a rotation', inner => ({
    async rotate(command) {
      const before = await inner.find(command)
      const outcome = await inner.rotate(command)
      if (before?.currentHash !== command.presentedHash || outcome.outcome !== 'replayed') return outcome
      return { outcome: 'rotated', session: { ...outcome.session, currentHash: command.successorHash } }
    },
  })),
  saboteur('sessions', 'lets the grace time slide', inner => {
    const lastReplays = new Map<string, number>()
    return {
      async rotate(command) {
        const session = await inner.find(command)
        const slidMs = (lastReplays.get(command.id) ?? 0) - (session?.rotatedAt ?? 0)
        const graceSeconds = command.graceSeconds + Math.max(0, slidMs / 1000)
        const outcome = await inner.rotate({ ...command, graceSeconds })
        if (outcome.outcome === 'replayed') lastReplays.set(command.id, command.now)
        return outcome
      },
    }
  }),
  saboteur('sessions', 'grants one millisecond of grace too much', inner => ({
    rotate: command => inner.rotate({ ...command, graceSeconds: command.graceSeconds + 0.001 }),
  })),
  saboteur('sessions', 'returns expired sessions for a millisecond', inner => ({
    find: query => inner.find({ ...query, now: query.now - 1 }),
  })),
  saboteur('sessions', 'asks its own clock', inner => ({
    find: query => inner.find({ ...query, now: Date.now() }),
  })),
  saboteur('sessions', 'forgets a revocation', () => ({ revoke: async () => ({ found: true }) })),
  saboteur('sessions', 'rotates after a revocation', inner => ({
    async rotate(command) {
      const outcome = await inner.rotate(command)
      return outcome.outcome === 'revoked' ? { outcome: 'rotated', session: outcome.session } : outcome
    },
  })),
  saboteur('sessions', 'only reports a reuse', inner => ({
    async rotate(command) {
      const session = await inner.find(command)
      if (session === undefined || session.revokedAt !== undefined) return inner.rotate(command)
      const isCurrent = session.currentHash === command.presentedHash
      const isPredecessor = session.generation === command.presentedGeneration + 1
      return isCurrent || isPredecessor ? inner.rotate(command) : { outcome: 'reused', session }
    },
  })),
  saboteur('sessions', 'lets the idle expiry pass the absolute one', inner => ({
    async rotate(command) {
      const outcome = await inner.rotate(command)
      if (outcome.outcome !== 'rotated') return outcome
      return { ...outcome, session: { ...outcome.session, idleExpiresAt: command.idleExpiresAt } }
    },
  })),
  saboteur('sessions', 'spares nobody', inner => ({
    revokeAll: ({ subject, reason, now }) => inner.revokeAll({ subject, reason, now }),
  })),
  saboteur('sessions', 'names only what it ended itself', inner => ({
    async revokeAll(command) {
      const live = await inner.list({ ...command, limit: 1000 })
      const { ids } = await inner.revokeAll(command)
      return { ids: ids.filter(id => live.some(session => session.id === id)) }
    },
  })),
  saboteur('sessions', 'sweeps a millisecond early', inner => ({
    sweep: command => inner.sweep({ ...command, now: command.now + 1 }),
  })),
  saboteur('sessions', 'makes text of whatever comes as an id', inner => ({
    find: query => inner.find({ ...query, id: String(query.id) }),
  })),
  saboteur('sessions', 'compares ids without case', inner => ({
    insert: ({ session, now }) =>
      inner.insert({ session: { ...session, id: session.id.toLowerCase() }, now }),
    find: query => inner.find({ ...query, id: query.id.toLowerCase() }),
  })),
  saboteur('sessions', 'drops NUL from subjects', inner => ({
    insert: ({ session, now }) =>
      inner.insert({ session: { ...session, subject: session.subject.replaceAll('\0', '') }, now }),
    list: query => inner.list({ ...query, subject: query.subject.replaceAll('\0', '') }),
  })),
  saboteur('sessions', 'answers null for an absent field', inner => ({
    async find(query) {
      const session = await inner.find(query)
      return session && { ...session, label: session.label ?? (null as unknown as string) }
    },
  })),
]

const apiKeys: readonly Saboteur[] = [
  saboteur('apiKeys', 'undoes disabling with a last use', inner => ({
    async touch(command) {
      const before = await Promise.all(command.uses.map(({ id }) => inner.find({ id, now: command.now })))
      await Promise.resolve()
      await inner.touch(command)
      for (const [index, { id }] of command.uses.entries()) {
        const disabled = before[index]?.disabledAt !== undefined
        await inner.update({ id, patch: { disabled }, now: command.now })
      }
    },
  })),
  saboteur('apiKeys', 'spends more uses than there are', inner => ({
    async consumeUse(command) {
      const before = await inner.find(command)
      const outcome = await inner.consumeUse(command)
      if (outcome.outcome !== 'exhausted' || before?.remainingUses === 0) return outcome
      return { outcome: 'consumed', remainingUses: (before?.remainingUses ?? 0) - 1 }
    },
  })),
  saboteur('apiKeys', 'lists keys of other owners', inner => {
    const owners = new Set<string>()
    return {
      async insert(command) {
        await inner.insert(command)
        owners.add(command.apiKey.ownerId)
      },
      async list(query) {
        const lists = await Promise.all([...owners].map(ownerId => inner.list({ ...query, ownerId })))
        return lists.flat().slice(0, query.limit)
      },
    }
  }),
  saboteur('apiKeys', 'writes the whole record when one field changes', inner => ({
    async update(command) {
      const before = await inner.find(command)
      await Promise.resolve()
      const { name, scope, metadata }: Partial<ApiKeyRecord> = before ?? {}
      const stale = {
        ...(name !== undefined && { name }),
        ...(scope && { scope }),
        ...(metadata && { metadata }),
      }
      return inner.update({ ...command, patch: { ...stale, ...command.patch } })
    },
  })),
  saboteur('apiKeys', 'keeps the uses of a rotated key', inner => ({
    async rotate(command) {
      const before = await inner.find(command)
      const outcome = await inner.rotate(command)
      if (outcome.outcome !== 'rotated' || before?.remainingUses === undefined) return outcome
      const { id, now } = command
      await inner.update({ id, patch: { remainingUses: before.remainingUses }, now })
      return outcome
    },
  })),
  saboteur('apiKeys', 'rotates keys of anybody', inner => ({
    rotate: ({ ownerId: _, ...command }) => inner.rotate(command),
  })),
  saboteur('apiKeys', 'moves the last use back', inner => {
    const lastUses = new Map<string, number>()
    return {
      async touch({ uses, now }) {
        await inner.touch({ uses, now })
        for (const { id, lastUsedAt } of uses) lastUses.set(id, lastUsedAt)
      },
      async find(query) {
        const apiKey = await inner.find(query)
        const lastUsedAt = lastUses.get(query.id)
        return apiKey && lastUsedAt !== undefined ? { ...apiKey, lastUsedAt } : apiKey
      },
    }
  }),
]

const others: readonly Saboteur[] = [
  saboteur('signingKeys', 'replaces without comparing', inner => ({
    async replace(command) {
      const { version } = await inner.read(command)
      return inner.replace({ ...command, expectedVersion: version })
    },
  })),
  saboteur('revocations', 'lets the last writer win', inner => {
    const last = new Map<string, RevocationEntry>()
    return {
      async revoke(command) {
        await inner.revoke(command)
        for (const entry of command.entries) last.set(`${entry.kind} ${entry.id}`, entry)
      },
      async find(query) {
        const found = await inner.find(query)
        return query.marks.map(
          ({ kind, id }, index) => found[index] && (last.get(`${kind} ${id}`)?.revokedAt ?? found[index]),
        )
      },
    }
  }),
  saboteur('revocations', 'records half of a command that fails', inner => ({
    async revoke({ entries, now }) {
      for (const entry of entries) await inner.revoke({ entries: [entry], now })
    },
  })),
  saboteur('revocations', 'mixes up kinds', inner => ({
    revoke: ({ entries, now }) =>
      inner.revoke({ entries: entries.map(entry => ({ ...entry, kind: 'token' })), now }),
    find: ({ marks, now }) => inner.find({ marks: marks.map(({ id }) => ({ kind: 'token', id })), now }),
  })),
  saboteur('oneTime', 'hands a value out twice', inner => ({
    take: command => inner.take({ ...command, holder: 'anybody' }),
  })),
  saboteur('oneTime', 'reserves for everybody', inner => ({
    reserve: command => inner.reserve({ ...command, holder: 'anybody' }),
  })),
  saboteur('oneTime', 'joins namespace and key', inner => ({
    put: command => inner.put({ ...command, namespace: '', key: `${command.namespace}:${command.key}` }),
    take: command => inner.take({ ...command, namespace: '', key: `${command.namespace}:${command.key}` }),
  })),
  saboteur('oneTime', 'reads and then writes when it takes', inner => {
    const taken = new Set<string>()
    return {
      async take(command) {
        const key = `${command.namespace} ${command.key}`
        const isFirst = !taken.has(key)
        await Promise.resolve()
        taken.add(key)
        return isFirst ? inner.take({ ...command, holder: 'anybody' }) : inner.take(command)
      },
    }
  }),
  saboteur('rateLimits', 'drifts, because intervals are rounded', inner => ({
    take: command => {
      const intervalMs = Math.round((command.windowSeconds * 1000) / command.limit)
      const windowSeconds = (Math.max(1, intervalMs) * command.limit) / 1000
      return inner.take(Number.isFinite(windowSeconds) ? { ...command, windowSeconds } : command)
    },
  })),
  saboteur('rateLimits', 'counts refused attempts', inner => ({
    async take(command) {
      const outcome = await inner.take(command)
      if (!outcome.allowed) await inner.take({ ...command, limit: command.limit * 2 })
      return outcome
    },
  })),
  saboteur('rateLimits', 'reads and then writes', inner => ({
    async take(command) {
      const asked = await inner.take({ ...command, cost: 0 })
      const outcome = await inner.take(command)
      return asked.remaining >= command.cost ? { ...outcome, allowed: true, retryAfterMs: 0 } : outcome
    },
  })),
]

const documents: readonly Saboteur[] = [
  saboteur('documents', 'replaces without comparing', inner => ({
    async put(command) {
      const { version = 0 } = (await inner.find(command)) ?? {}
      return inner.put({ ...command, expectedVersion: version })
    },
  })),
  saboteur('documents', 'reads and then writes', inner => ({
    async put(command) {
      const { version = 0 } = (await inner.find(command)) ?? {}
      await Promise.resolve()
      if (version !== command.expectedVersion) return inner.put(command)
      const { version: current = 0 } = (await inner.find(command)) ?? {}
      return inner.put({ ...command, expectedVersion: current })
    },
  })),
  saboteur('documents', 'does not know its own attempts again', inner => {
    let attempts = 0
    return {
      put: async command => {
        const outcome = await inner.put({ ...command, writeId: `${command.writeId} ${attempts}` })
        attempts += 1
        return outcome
      },
    }
  }),
  saboteur('documents', 'removes documents of anybody', inner => ({
    remove: ({ tag: _, ...command }) => inner.remove(command),
  })),
  saboteur('documents', 'keeps the tags of the first version', inner => ({
    async put(command) {
      const document = await inner.find(command)
      return inner.put({ ...command, tags: document?.tags ?? command.tags })
    },
  })),
  saboteur('documents', 'counts on after an expiry', inner => {
    const versions = new Map<string, number>()
    return {
      async put(command) {
        const outcome = await inner.put(command)
        if (outcome.outcome !== 'stored') return outcome
        const version = (versions.get(command.id) ?? 0) + 1
        versions.set(command.id, version)
        return command.expectedVersion === 0 ? { outcome: 'stored', version } : outcome
      },
    }
  }),
  saboteur('documents', 'takes any size', inner => ({
    put: async command => {
      const { value, ...rest } = command
      const isLarge = JSON.stringify(value)?.length > 65_536
      return inner.put({ ...rest, value: isLarge ? {} : value })
    },
  })),
]

/** Stores that each break one rule. */
export const SABOTEURS: readonly Saboteur[] = [...sessions, ...apiKeys, ...others, ...documents]
