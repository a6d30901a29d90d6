import type { SigningKeyRecord } from '../ports/signing-key-store.js'
import type { SigningKeyState } from './signing-keys.js'

/**
 * The life of signing keys as pure functions of the stored instants and the time:
 *
 * announced -> active -> retired -> gone, and withdrawn at any time.
 *
 * A key is announced for as long as a copy of the published set can be cached before it signs, and stays retired for
 * as long as its last token can live.
 */

/** How long the stages last. */
export interface KeyRingTiming {
  /** How long a token that was signed just now can be accepted. */
  readonly tokenLifetimeSeconds: number
  /** How long a published set can stay in caches. */
  readonly announceSeconds: number
  /** For how long a key signs. */
  readonly rotationSeconds: number
}

/** The key that signs: the youngest that has been activated. */
export function findActiveKey(keys: readonly SigningKeyRecord[], now: number): SigningKeyRecord | undefined {
  return keys
    .filter(key => key.withdrawnAt === undefined && key.activatesAt <= now)
    .reduce<SigningKeyRecord | undefined>(
      (youngest, key) => (youngest !== undefined && youngest.activatesAt >= key.activatesAt ? youngest : key),
      undefined,
    )
}

/** The key that will sign next, if one is announced. */
export function findAnnouncedKey(
  keys: readonly SigningKeyRecord[],
  now: number,
): SigningKeyRecord | undefined {
  return keys.find(key => key.withdrawnAt === undefined && key.activatesAt > now)
}

/** Where a key stands; `undefined` when it is gone. */
export function keyStateAt(
  key: SigningKeyRecord,
  keys: readonly SigningKeyRecord[],
  now: number,
  { tokenLifetimeSeconds }: KeyRingTiming,
): SigningKeyState | undefined {
  const lifetime = tokenLifetimeSeconds * 1000
  if (key.withdrawnAt !== undefined) return now < key.withdrawnAt + lifetime ? 'withdrawn' : undefined
  if (key.activatesAt > now) return 'announced'
  if (key.kid === findActiveKey(keys, now)?.kid) return 'active'
  return now < findRetirement(key, keys) + lifetime ? 'retired' : undefined
}

/** What the ring lacks at this time. */
export interface KeyRingPlan {
  /** The keys that stay, with an announced key activated where no other signs. */
  readonly keys: readonly SigningKeyRecord[]
  /** When a key must be minted: the instant from which it signs. */
  readonly mintActivatesAt?: number
}

/** Drops what is gone and says whether a key must be minted. */
export function planKeyRing(
  keys: readonly SigningKeyRecord[],
  now: number,
  timing: KeyRingTiming,
): KeyRingPlan {
  const kept = keys.filter(key => keyStateAt(key, keys, now, timing) !== undefined)
  const active = findActiveKey(kept, now)
  const announced = findAnnouncedKey(kept, now)
  if (active === undefined) {
    // no published set can hold a key that signs, so there is nothing to wait for
    if (announced === undefined) return { keys: kept, mintActivatesAt: now }
    return { keys: kept.map(key => (key === announced ? { ...key, activatesAt: now } : key)) }
  }
  const announceAt = active.activatesAt + (timing.rotationSeconds - timing.announceSeconds) * 1000
  if (announced !== undefined || now < announceAt) return { keys: kept }
  return { keys: kept, mintActivatesAt: now + timing.announceSeconds * 1000 }
}

/** When the next younger key took over for good: after a withdrawal the key before it signs again. */
function findRetirement(key: SigningKeyRecord, keys: readonly SigningKeyRecord[]): number {
  const later = keys
    .filter(other => other.withdrawnAt === undefined && other.activatesAt > key.activatesAt)
    .map(other => other.activatesAt)
  return Math.min(...later)
}
