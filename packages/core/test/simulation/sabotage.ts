import type { RotateSessionOutcome } from '../../src/ports/index.js'
import { override } from '../fixtures.js'
import type { Sabotage } from './simulation.js'

/** Mistakes that stores make in the wild; each must be found. */
export const SABOTAGES: Readonly<Record<string, Sabotage>> = {
  'a rotation that reads, waits and writes': (stores, timeline) => ({
    ...stores,
    sessions: override(stores.sessions, {
      async rotate(command) {
        const { id, presentedHash, now } = command
        const before = await stores.sessions.find({ id, now })
        await timeline.wait(5)
        const outcome = await stores.sessions.rotate(command)
        const isOverwritten = outcome.outcome === 'replayed' && before?.currentHash === presentedHash
        return isOverwritten ? { outcome: 'rotated', session: outcome.session } : outcome
      },
    }),
  }),

  'a grace time that slides': (stores, _timeline) => {
    const slid = new Map<string, { readonly generation: number; readonly first: number; last: number }>()
    return {
      ...stores,
      sessions: override(stores.sessions, {
        async rotate(command) {
          const { id, presentedGeneration, now, graceSeconds } = command
          const known = slid.get(id)
          const isWithin = known?.generation === presentedGeneration && now < known.last + graceSeconds * 1000
          const outcome = await stores.sessions.rotate({ ...command, now: isWithin ? known.first : now })
          if (isWithin) known.last = now
          if (outcome.outcome === 'rotated') {
            slid.set(id, { generation: presentedGeneration, first: now, last: now })
          }
          return outcome
        },
      }),
    }
  },

  'no grace time': stores => ({
    ...stores,
    sessions: override(stores.sessions, {
      rotate: (command): Promise<RotateSessionOutcome> =>
        stores.sessions.rotate({ ...command, graceSeconds: 0 }),
    }),
  }),

  'revocations that are forgotten now and then': (stores, _timeline, dice) => ({
    ...stores,
    revocations: override(stores.revocations, {
      async revoke(command) {
        if (dice.roll(4) > 0) await stores.revocations.revoke(command)
      },
    }),
  }),

  'revocations that are read from a replica which is late': (stores, timeline) => {
    const visibleAt = new Map<string, number>()
    return {
      ...stores,
      revocations: override(stores.revocations, {
        async revoke(command) {
          await stores.revocations.revoke(command)
          for (const { id } of command.entries) visibleAt.set(id, timeline.now + 40_000)
        },
        async find(query) {
          const found = await stores.revocations.find(query)
          return found.map((at, index) =>
            timeline.now < (visibleAt.get(query.marks[index]?.id ?? '') ?? 0) ? undefined : at,
          )
        },
      }),
    }
  },

  'uses that are counted down from a number read before': (stores, timeline) => ({
    ...stores,
    apiKeys: override(stores.apiKeys, {
      async consumeUse(command) {
        const before = await stores.apiKeys.find(command)
        await timeline.wait(5)
        const after = await stores.apiKeys.consumeUse(command)
        const remaining = before?.remainingUses ?? 0
        return after.outcome === 'exhausted' && remaining > 0
          ? { outcome: 'consumed', remainingUses: remaining - 1 }
          : after
      },
    }),
  }),

  'a ring of keys whose last writer wins': stores => ({
    ...stores,
    signingKeys: override(stores.signingKeys, {
      async replace(command) {
        const { version } = await stores.signingKeys.read(command)
        return stores.signingKeys.replace({ ...command, expectedVersion: version })
      },
    }),
  }),
}
