import type { ApiKeyStore } from './api-key-store.js'
import type { DocumentStore } from './document-store.js'
import type { OneTimeStore } from './one-time-store.js'
import type { RateLimitStore } from './rate-limit-store.js'
import type { RevocationStore } from './revocation-store.js'
import type { SessionStore } from './session-store.js'
import type { SigningKeyStore } from './signing-key-store.js'

/**
 * Everything that AuthCore keeps. A deployment may mix: sessions in PostgreSQL, revocations in Redis.
 *
 * Rules for every method of every store (`@authcore/conformance` checks them):
 * - One atomic command of the database, which can be repeated after a lost answer. An outcome is data; an error of
 *   the driver is passed on and never taken for an answer.
 * - Time is the `now` of the command. Nothing that has expired is returned (`now >= expiresAt`), deleted or not.
 *   Where the database deletes by its own clock, it deletes late, never early: it counts the remaining lifetime from
 *   `now` and adds a reserve for clocks that differ or stand still.
 * - Any well-formed Unicode text is an ordinary id, key or field: patterns, separators, hash tags, `__proto__`, the
 *   empty text, NUL, 1,024 characters. Two texts are the same only if they are equal character by character: no
 *   collation, no trimming, no Unicode normalization. A database that cannot hold a character (PostgreSQL: NUL)
 *   gets the text in an encoding that is reversible.
 * - JSON comes back as it went in: empty lists and objects, numbers to the last digit, any name. The order of names
 *   in an object does not matter. An absent field comes back absent, neither `null` nor `undefined`.
 * - What is malformed is refused with a `TypeError` before any query, as a whole: anything but a string where a
 *   string belongs, text with half of a surrogate pair, an instant that is not finite, a count that is not a whole
 *   number, what JSON cannot hold.
 * - Lists with equal instants are ordered by `id` without a collation: `B` comes before `a`.
 */
export interface Stores {
  readonly sessions: SessionStore
  readonly apiKeys: ApiKeyStore
  readonly signingKeys: SigningKeyStore
  readonly revocations: RevocationStore
  readonly oneTime: OneTimeStore
  readonly rateLimits: RateLimitStore
  /** Needed only by the packages that keep documents; they say so. */
  readonly documents?: DocumentStore
}
