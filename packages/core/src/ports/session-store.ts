import type { JsonObject } from '../json.js'
import type { Confirmation } from '../principal.js'

/** Why a session ended. */
export type SessionRevocationReason = 'revoked' | 'refresh_token_reused' | 'subject_revoked'

/**
 * One session: the whole family of refresh tokens that descend from one login, or the one session token of a browser. Everything but the rotation
 * fields, the idle expiry and the revocation is fixed at the start.
 */
export interface SessionRecord {
  readonly id: string
  readonly subject: string
  readonly clientId?: string
  readonly scope: readonly string[]
  readonly roles: readonly string[]
  readonly claims: JsonObject
  readonly amr: readonly string[]
  readonly acr?: string
  readonly confirmation?: Confirmation
  /** What the user sees in a list of devices. */
  readonly label?: string
  /** Epoch milliseconds, as every instant here. */
  readonly createdAt: number
  /** When the person proved who they are; never moves. */
  readonly authenticatedAt: number
  readonly lastUsedAt: number
  readonly idleExpiresAt: number
  /** Never extended. */
  readonly absoluteExpiresAt: number
  /** Number of rotations so far: 0 for the first refresh token. With a session token, how often its expiry slid. */
  readonly generation: number
  /** SHA-256 of the current refresh token, or of the session token, base64url. */
  readonly currentHash: string
  /** The current refresh token, sealed under a key that only its direct predecessor yields. */
  readonly sealedSuccessor?: string
  /** When the direct predecessor was first used; the grace time counts from here. */
  readonly rotatedAt?: number
  readonly revokedAt?: number
  readonly revocationReason?: SessionRevocationReason
}

/** What `rotate` is told. The token's own text has been authenticated before. */
export interface RotateSessionCommand {
  readonly id: string
  readonly presentedHash: string
  readonly presentedGeneration: number
  readonly successorHash: string
  readonly sealedSuccessor: string
  readonly now: number
  /** The new idle expiry; the store never lets it pass `absoluteExpiresAt`. */
  readonly idleExpiresAt: number
  /** For how long the direct predecessor is answered with the same successor, counted from its first use. */
  readonly graceSeconds: number
}

/** What a rotation came to; `session` is the record after the command. */
export type RotateSessionOutcome =
  | { readonly outcome: 'rotated'; readonly session: SessionRecord }
  | { readonly outcome: 'replayed'; readonly session: SessionRecord; readonly sealedSuccessor: string }
  | { readonly outcome: 'reused'; readonly session: SessionRecord }
  | { readonly outcome: 'revoked'; readonly session: SessionRecord }
  | { readonly outcome: 'expired' }
  | { readonly outcome: 'not_found' }

/** Keeps sessions. Every method is one atomic command of the database. */
export interface SessionStore {
  /** Stores a new session. An id that exists is left untouched, so that a repeat is harmless. */
  insert(command: { readonly session: SessionRecord; readonly now: number }): Promise<void>

  /** The session, ended or not, unless it has expired (`now >= min(idleExpiresAt, absoluteExpiresAt)`). */
  find(query: { readonly id: string; readonly now: number }): Promise<SessionRecord | undefined>

  /**
   * Replaces the current refresh token, in this order:
   * 1. no such session: `not_found`;
   * 2. ended before, and `now` before the absolute expiry (the idle one no longer counts): `revoked`, and nothing
   *    changes;
   * 3. `now` at or after the idle or the absolute expiry: `expired`, or `not_found` once it has been purged;
   * 4. `presentedHash` is the current one: `rotated` (generation + 1, `successorHash` is current,
   *    `sealedSuccessor` kept, `rotatedAt = lastUsedAt = now`, idle expiry moved up to the absolute one);
   * 5. `presentedGeneration + 1` is the current generation and `now < rotatedAt + graceSeconds`: `replayed`,
   *    and nothing changes;
   * 6. anything else: `reused`; the session is ended in the same step.
   * Exactly one of any number of concurrent callers with one token gets `rotated`.
   * Where `successorHash` is `presentedHash`, the token stays current and only the instants move: so the idle expiry of
   * a session by cookie slides.
   */
  rotate(command: RotateSessionCommand): Promise<RotateSessionOutcome>

  /**
   * Ends one session that has not expired. `found` is also true when it had been ended before, until its absolute
   * expiry; the first reason and instant stay. A session that idled out is not found, though an access token of it
   * may still be alive: whoever must stop that token records a revocation whatever `found` says.
   */
  revoke(command: {
    readonly id: string
    readonly reason: SessionRevocationReason
    readonly now: number
    /** When given, a session of another subject counts as not found. */
    readonly subject?: string
  }): Promise<{ readonly found: boolean }>

  /**
   * Ends every session of a subject but one.
   * @returns the ids of all its sessions that are ended after this command, also those ended before (until their
   *   absolute expiry), so that a repeat after a lost answer names them again
   */
  revokeAll(command: {
    readonly subject: string
    readonly exceptId?: string
    readonly reason: SessionRevocationReason
    readonly now: number
  }): Promise<{ readonly ids: readonly string[] }>

  /** The live sessions of a subject, newest first (`createdAt` descending, then `id` ascending), at most `limit`. */
  list(query: {
    readonly subject: string
    readonly now: number
    readonly limit: number
  }): Promise<readonly SessionRecord[]>

  /**
   * Deletes at most `limit` sessions whose absolute expiry has passed or that idled out. One that was ended stays
   * until its absolute expiry, so that its tokens are still answered with `revoked`.
   */
  sweep(command: { readonly now: number; readonly limit: number }): Promise<{ readonly removed: number }>
}
