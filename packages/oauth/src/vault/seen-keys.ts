import type { DocumentHost } from '../auth-host.js'
import { randomText } from '../random-text.js'
import { untilStored } from '../until-stored.js'

/** The names of the root secrets that anything in the vault was sealed under. */
export interface SeenKeys {
  /** Remembers one; a write only when it is new. */
  add(keyId: string): Promise<void>
  list(): Promise<readonly string[]>
  /** Forgets one under which nothing is left. */
  remove(keyId: string): Promise<void>
}

const KEY = { namespace: 'oauth.tokens.keys', id: 'keys' } as const

/** Prepares the list: one small document, so that what older secrets have sealed can be found by its tag. */
export function createSeenKeys({ documents, clock, random }: DocumentHost): SeenKeys {
  const known = new Set<string>()

  const load = async () => {
    const document = await documents.find({ ...KEY, now: clock() })
    const ids = document?.value['ids']
    const texts = Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string') : []
    return { version: document?.version ?? 0, ids: texts }
  }
  const change = (apply: (ids: readonly string[]) => readonly string[]) =>
    untilStored(async () => {
      const { version, ids } = await load()
      const changed = apply(ids)
      if (changed.length === ids.length) return true
      const { outcome } = await documents.put({
        ...KEY,
        tags: [],
        value: { ids: changed },
        expectedVersion: version,
        writeId: randomText(random, 16),
        now: clock(),
      })
      return outcome === 'stored' ? true : undefined
    })

  return Object.freeze({
    add: async keyId => {
      if (known.has(keyId)) return
      await change(ids => (ids.includes(keyId) ? ids : [...ids, keyId]))
      known.add(keyId)
    },
    list: async () => (await load()).ids,
    remove: async keyId => {
      known.delete(keyId)
      await change(ids => ids.filter(id => id !== keyId))
    },
  } satisfies SeenKeys)
}
