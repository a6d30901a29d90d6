import type { JsonObject } from '../json.js'

/** A limit that belongs to one API key, whatever routes it calls. */
export interface ApiKeyRateLimit {
  /** How many units may pass at once and, on average, in each window. A positive integer. */
  readonly limit: number
  /** Whole seconds, at least 1. */
  readonly windowSeconds: number
}

/** An API key at rest: nothing in it opens a door. */
export interface ApiKeyRecord {
  /** `<environment>_<22 base62 characters>`; stands in the text of the key. */
  readonly id: string
  readonly ownerId: string
  readonly name: string
  readonly environment: string
  /** HMAC-SHA-256 of the whole key text, base64url. */
  readonly hash: string
  /** Which root secret the pepper was derived from. */
  readonly secretId: string
  readonly scope: readonly string[]
  readonly metadata: JsonObject
  /** The same for a key and all that it was rotated into: the id of the first. */
  readonly lineageId: string
  /** The key that this one was rotated into. */
  readonly successorId?: string
  /** Epoch milliseconds, as every instant here. */
  readonly createdAt: number
  readonly notBeforeAt?: number
  readonly expiresAt?: number
  readonly disabledAt?: number
  readonly revokedAt?: number
  readonly lastUsedAt?: number
  readonly remainingUses?: number
  readonly rateLimit?: ApiKeyRateLimit
}

/** What `update` may change; `null` takes a limit away. */
export interface ApiKeyPatch {
  readonly name?: string
  readonly scope?: readonly string[]
  readonly metadata?: JsonObject
  readonly expiresAt?: number | null
  readonly notBeforeAt?: number | null
  readonly disabled?: boolean
  readonly remainingUses?: number | null
  readonly rateLimit?: ApiKeyRateLimit | null
}

/** What `rotate` is told; everything else of the successor is copied from the key inside the command. */
export interface RotateApiKeyCommand {
  readonly id: string
  readonly successor: {
    readonly id: string
    readonly hash: string
    readonly secretId: string
    /** `undefined`: the same lifetime as the predecessor's, counted from `now`. */
    readonly expiresAt?: number
  }
  /** Until when the old key lives on, at most its own expiry. */
  readonly overlapExpiresAt: number
  readonly now: number
  /** When given, a key of another owner counts as not found. */
  readonly ownerId?: string
  /** When given, a key that was granted any other scope is left alone; looked at in the same step. */
  readonly scopeWithin?: readonly string[]
}

/** What a rotation came to. */
export type RotateApiKeyOutcome =
  | { readonly outcome: 'rotated'; readonly predecessor: ApiKeyRecord; readonly successor: ApiKeyRecord }
  /** It has another successor already. */
  | { readonly outcome: 'already_rotated' }
  /** It was revoked. */
  | { readonly outcome: 'revoked' }
  /** Its scope is not within `scopeWithin`. */
  | { readonly outcome: 'scope_exceeded' }
  /** Unknown, expired or of another owner. */
  | { readonly outcome: 'not_found' }

/** What spending one use came to. */
export type ConsumeApiKeyUseOutcome =
  | { readonly outcome: 'consumed'; readonly remainingUses: number }
  | { readonly outcome: 'exhausted' }
  /** Unknown, expired, not yet valid, disabled, revoked, or without a limit. */
  | { readonly outcome: 'refused' }

/** Keeps API keys. Every method is one atomic command of the database. */
export interface ApiKeyStore {
  /** Stores a new key. An id that exists is left untouched, so that a repeat is harmless. */
  insert(command: { readonly apiKey: ApiKeyRecord; readonly now: number }): Promise<void>

  /** The key, also a disabled, revoked, exhausted or not yet valid one, unless it has expired (`now >= expiresAt`). */
  find(query: { readonly id: string; readonly now: number }): Promise<ApiKeyRecord | undefined>

  /** Takes one use off a usable key that has a limit; never below zero. */
  consumeUse(command: { readonly id: string; readonly now: number }): Promise<ConsumeApiKeyUseOutcome>

  /**
   * Stores a successor that copies owner, name, environment, scope, metadata, lineage, not-before, disabled state,
   * rate limit and remaining uses (which move: the old key keeps none), and limits the old key to the overlap.
   * Checked in this order: `not_found`, `revoked`, `already_rotated`.
   * A repeat with the same successor id answers `rotated` again with both records and changes nothing, as long as
   * both keys are unexpired; with an overlap that is over, a repeat answers `not_found` and `find` of the successor
   * tells whether the first attempt arrived.
   */
  rotate(command: RotateApiKeyCommand): Promise<RotateApiKeyOutcome>

  /** Ends a key for good; `found` is also true when it had been revoked before. The first instant stays. */
  revoke(command: {
    readonly id: string
    readonly now: number
    readonly ownerId?: string
  }): Promise<{ readonly found: boolean }>

  /**
   * Changes settings of a key that is neither revoked nor expired; `undefined` when there is none. The answer is the
   * record as written, also when the patch made it expire.
   */
  update(command: {
    readonly id: string
    readonly patch: ApiKeyPatch
    readonly now: number
    readonly ownerId?: string
  }): Promise<ApiKeyRecord | undefined>

  /**
   * The unexpired keys of an owner, revoked ones included, newest first (`createdAt` descending, then `id`
   * ascending), at most `limit`.
   */
  list(query: {
    readonly ownerId: string
    readonly now: number
    readonly limit: number
  }): Promise<readonly ApiKeyRecord[]>

  /** Moves `lastUsedAt` forward, never back, and touches no other field. Unknown ids are passed over. */
  touch(command: {
    readonly uses: readonly { readonly id: string; readonly lastUsedAt: number }[]
    readonly now: number
  }): Promise<void>

  /** Deletes at most `limit` expired keys. */
  sweep(command: { readonly now: number; readonly limit: number }): Promise<{ readonly removed: number }>
}
