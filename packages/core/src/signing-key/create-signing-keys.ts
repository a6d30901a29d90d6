import type { Context } from '../context.js'
import { InvalidRequestError, StoreError } from '../errors.js'
import type { Jwk, JwkSet } from '../jws/jwk.js'
import type { SigningKey, VerificationKey } from '../jws/types.js'
import type { SigningKeyRecord } from '../ports/signing-key-store.js'
import { findAnnouncedKey, type KeyRingTiming, keyStateAt, planKeyRing } from './key-ring.js'
import { createLoadedRing, type LoadedRing } from './loaded-ring.js'
import { isSealedUnderFormerSecret, mintSigningKey, resealSigningKey } from './minted-key.js'
import { parseKeyRing } from './signing-key-record.js'
import type { SigningKeyStatus, SigningKeys } from './signing-keys.js'

/** What the rest of core needs of the ring. */
export interface KeyRing {
  /** @throws StoreError */
  findSigningKey(): SigningKey | Promise<SigningKey>
  /** Synchronous while the ring is fresh, which is nearly always. @throws StoreError */
  findVerificationKey(kid: string): VerificationKey | undefined | Promise<VerificationKey | undefined>
}

/** Looking again for an unknown `kid` is limited, so that made-up tokens do not reach the store. */
const UNKNOWN_KID_COOLDOWN_MS = 10_000

const MAX_ATTEMPTS = 8

/** What happens to the ring in one step, tried again when another process was faster. */
type ChangeRing = (
  keys: readonly SigningKeyRecord[],
  now: number,
) => Promise<readonly SigningKeyRecord[]> | readonly SigningKeyRecord[]

/** Creates the ring of one deployment. Nothing is read before it is needed. */
export function createSigningKeys(
  context: Context,
  onWithdraw: (kid: string) => Promise<void>,
): SigningKeys & KeyRing {
  const { settings, stores, emit } = context
  const { clock } = settings
  const timing = toTiming(context)
  let current: LoadedRing | undefined
  let loading: Promise<LoadedRing> | undefined
  let lookedForUnknownAt = Number.NEGATIVE_INFINITY

  const change = async (apply: ChangeRing): Promise<LoadedRing> => {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const now = clock()
      const ring = parseKeyRing(await stores.signingKeys.read({ now }))
      const keys = await apply(await maintain(ring.keys, now, context, timing), now)
      if (isSame(keys, ring.keys)) return adopt(ring.version, ring.keys, now)
      const { outcome } = await stores.signingKeys.replace({ expectedVersion: ring.version, keys, now })
      if (outcome === 'conflict') continue
      announce(keys, ring.keys)
      return adopt(ring.version + 1, keys, now)
    }
    throw new StoreError('store_unavailable')
  }

  const adopt = (version: number, keys: readonly SigningKeyRecord[], loadedAt: number): LoadedRing => {
    // a slow answer must not bring an older ring back
    if (current !== undefined && current.version > version && current.loadedAt >= loadedAt) return current
    const isUnchanged = current?.version === version && hasSameKids(current.keys, keys)
    // the same version holds the same keys: what was imported stays imported
    current =
      current !== undefined && isUnchanged
        ? { ...current, loadedAt }
        : createLoadedRing({ version, keys, loadedAt }, context, timing)
    return current
  }

  const announce = (keys: readonly SigningKeyRecord[], former: readonly SigningKeyRecord[]): void => {
    const known = new Set(former.map(key => key.kid))
    for (const { kid, algorithm, activatesAt } of keys) {
      if (!known.has(kid)) emit('signing_key.announced', { kid, algorithm, activatesAt })
    }
  }

  const reload = (): Promise<LoadedRing> => {
    loading ??= change(keys => keys).finally(() => {
      loading = undefined
    })
    return loading
  }

  const ageOf = (ring: LoadedRing): number => clock() - ring.loadedAt
  const isFresh = (ring: LoadedRing): boolean => ageOf(ring) < settings.signingKey.refreshSeconds * 1000

  /** An outage of the store does not stop verification before a rotation could have been missed. */
  const loadRing = async (): Promise<LoadedRing> => {
    if (current !== undefined && isFresh(current)) return current
    try {
      return await reload()
    } catch (error) {
      if (current !== undefined && ageOf(current) < settings.signingKey.jwksMaxAgeSeconds * 1000)
        return current
      throw error
    }
  }

  const findReloading = async (kid: string): Promise<VerificationKey | undefined> => {
    const known = (await loadRing()).findVerificationKey(kid, clock())
    if (known !== undefined) return known
    // it may have been announced by another process a moment ago
    if (clock() - lookedForUnknownAt < UNKNOWN_KID_COOLDOWN_MS) return undefined
    lookedForUnknownAt = clock()
    return (await reload()).findVerificationKey(kid, clock())
  }

  const statusOf = (key: SigningKeyRecord, ring: LoadedRing): readonly SigningKeyStatus[] => {
    const state = keyStateAt(key, ring.keys, clock(), timing)
    if (state === undefined) return []
    const { kid, algorithm, announcedAt, activatesAt } = key
    return [Object.freeze({ kid, algorithm, state, announcedAt, activatesAt })]
  }

  return {
    jwksMaxAgeSeconds: settings.signingKey.jwksMaxAgeSeconds,

    findSigningKey() {
      if (current !== undefined && isFresh(current)) return current.findSigningKey(clock())
      return loadRing().then(ring => ring.findSigningKey(clock()))
    },

    findVerificationKey(kid) {
      if (current !== undefined && isFresh(current)) {
        const key = current.findVerificationKey(kid, clock())
        if (key !== undefined) return key
      }
      return findReloading(kid)
    },

    async jwks() {
      const ring = await loadRing()
      const now = clock()
      const isPublished = (key: SigningKeyRecord): boolean => {
        const state = keyStateAt(key, ring.keys, now, timing)
        return state !== undefined && state !== 'withdrawn'
      }
      return toJwkSet(ring.keys.filter(isPublished))
    },

    async rotate() {
      const ring = await change(async (keys, now) => {
        if (findAnnouncedKey(keys, now) !== undefined) return keys
        return [...keys, await mintSigningKey(context, now, now + timing.announceSeconds * 1000)]
      })
      const announced = findAnnouncedKey(ring.keys, clock()) ?? ring.keys.at(-1)
      const [status] = announced === undefined ? [] : statusOf(announced, ring)
      if (status === undefined) throw new StoreError('signing_key_unavailable')
      return status
    },

    async withdraw(kid) {
      const ring = await loadRing()
      if (!ring.keys.some(key => key.kid === kid)) throw new InvalidRequestError('signing_key_not_found')
      // the mark first: tokens are refused everywhere even if this process ends before the ring is written
      await onWithdraw(kid)
      await change((keys, now) =>
        maintain(
          keys.map(key =>
            key.kid === kid && key.withdrawnAt === undefined ? { ...key, withdrawnAt: now } : key,
          ),
          now,
          context,
          timing,
        ),
      )
      emit('signing_key.withdrawn', { kid })
    },

    async list() {
      const ring = await loadRing()
      return ring.keys.flatMap(key => statusOf(key, ring))
    },
  }
}

/** Drops gone keys, mints what is lacking, and re-encrypts what a former root secret protects. */
async function maintain(
  keys: readonly SigningKeyRecord[],
  now: number,
  context: Context,
  timing: KeyRingTiming,
): Promise<readonly SigningKeyRecord[]> {
  const plan = planKeyRing(keys, now, timing)
  const kept = await Promise.all(
    plan.keys.map(key => (isSealedUnderFormerSecret(key, context) ? resealSigningKey(key, context) : key)),
  )
  if (plan.mintActivatesAt === undefined) return kept
  return [...kept, await mintSigningKey(context, now, plan.mintActivatesAt)]
}

function isSame(keys: readonly SigningKeyRecord[], former: readonly SigningKeyRecord[]): boolean {
  return keys.length === former.length && keys.every((key, index) => key === former[index])
}

function hasSameKids(keys: readonly SigningKeyRecord[], others: readonly SigningKeyRecord[]): boolean {
  return keys.length === others.length && keys.every((key, index) => key.kid === others[index]?.kid)
}

function toTiming({ settings }: Context): KeyRingTiming {
  const { accessToken, signingKey } = settings
  return {
    // a minute more than the longest token lives, for clocks that differ
    tokenLifetimeSeconds: accessToken.ttlSeconds + accessToken.clockToleranceSeconds + 60,
    // a process may publish a set that is as old as its own copy, which lasts so long while the store is away
    announceSeconds: 2 * signingKey.jwksMaxAgeSeconds,
    rotationSeconds: signingKey.rotationSeconds,
  }
}

const PUBLIC_MEMBERS = ['kty', 'crv', 'x', 'y', 'n', 'e'] as const

/** Publishes named members only, so that no private one can slip through. */
function toJwkSet(keys: readonly SigningKeyRecord[]): JwkSet {
  return Object.freeze({
    keys: Object.freeze(
      keys.flatMap(({ kid, algorithm, publicJwk }): readonly Jwk[] => {
        if (publicJwk === undefined) return []
        const members = PUBLIC_MEMBERS.flatMap(name => (name in publicJwk ? [[name, publicJwk[name]]] : []))
        return [Object.freeze({ ...Object.fromEntries(members), kid, alg: algorithm, use: 'sig' })]
      }),
    ),
  })
}
