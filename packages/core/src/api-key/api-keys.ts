import type { JsonObject } from '../json.js'
import type { ApiKeyRateLimit, ApiKeyRecord } from '../ports/api-key-store.js'
import type { ApiKeyPrincipal } from '../principal.js'

/** An API key as its owner may see it: without the hash. Instants are epoch milliseconds. */
export type ApiKey<Scope extends string = string> = Omit<ApiKeyRecord, 'hash' | 'secretId' | 'scope'> & {
  readonly scope: readonly Scope[]
}

/** What a new key is for. */
export interface IssueApiKeyOptions<Scope extends string = string> {
  readonly ownerId: string
  /** What people call it, 1 to 200 characters. */
  readonly name: string
  readonly scope?: readonly Scope[]
  /** One of `apiKey.environments`; the first unless told. */
  readonly environment?: string
  /** Lives until revoked unless told. */
  readonly expiresInSeconds?: number
  /** Epoch milliseconds before which the key is refused. */
  readonly notBeforeAt?: number
  /** How often the key can be used; without limit unless told. */
  readonly remainingUses?: number
  /** How much may pass with this key and all that it is rotated into, whichever routes it calls. */
  readonly rateLimit?: ApiKeyRateLimit
  /** Up to 8 KiB of JSON; comes back on the principal. */
  readonly metadata?: JsonObject
}

/** A new key: the text is shown once and kept nowhere. */
export interface IssuedApiKey<Scope extends string = string> {
  readonly apiKey: string
  readonly record: ApiKey<Scope>
}

/** How a key is replaced. */
export interface RotateApiKeyOptions {
  /** For how long the old key lives on; 0 ends it at once. Never past its own expiry. */
  readonly overlapSeconds: number
  /** Lifetime of the new key; the same as the old one's unless told. */
  readonly expiresInSeconds?: number
  /** When given, a key of somebody else counts as not found. */
  readonly ownerId?: string
  /** When given, a key that reaches further is refused: what the caller holds bounds what the new text speaks for. */
  readonly scopeWithin?: readonly string[]
}

/** A new key beside the one that it replaces. */
export interface RotatedApiKey<Scope extends string = string> extends IssuedApiKey<Scope> {
  readonly predecessor: ApiKey<Scope>
}

/** What `update` may change; `null` takes a limit away. */
export interface UpdateApiKeyPatch<Scope extends string = string> {
  readonly name?: string
  readonly scope?: readonly Scope[]
  readonly metadata?: JsonObject
  readonly expiresAt?: number | null
  readonly notBeforeAt?: number | null
  readonly disabled?: boolean
  readonly remainingUses?: number | null
  readonly rateLimit?: ApiKeyRateLimit | null
}

/** Issues, verifies, rotates and ends API keys. */
export interface ApiKeys<Scope extends string = string> {
  /** @throws InvalidRequestError `argument_invalid`, `scope_unknown` */
  issue(options: IssueApiKeyOptions<Scope>): Promise<IssuedApiKey<Scope>>

  /**
   * Verifies a key: checksum, one read, secret in constant time, state. Writes nothing, except that a key with
   * limited uses spends one.
   * @throws InvalidApiKeyError for every key that is not accepted
   * @throws InsufficientScopeError `insufficient_scope`; no use is spent
   */
  verify(apiKey: string, options?: { readonly scope?: readonly Scope[] }): Promise<ApiKeyPrincipal<Scope>>

  /**
   * Replaces a key by one with the same settings.
   * @throws InvalidRequestError `api_key_not_found`, `api_key_not_rotatable`, `api_key_already_rotated`,
   *   `scope_exceeds_grant`
   */
  rotate(id: string, options: RotateApiKeyOptions): Promise<RotatedApiKey<Scope>>

  /** Ends a key for good. May be repeated. */
  revoke(id: string, options?: { readonly ownerId?: string }): Promise<{ readonly found: boolean }>

  /** @throws InvalidRequestError `api_key_not_found`, `argument_invalid`, `scope_unknown` */
  update(
    id: string,
    patch: UpdateApiKeyPatch<Scope>,
    options?: { readonly ownerId?: string },
  ): Promise<ApiKey<Scope>>

  /** The unexpired keys of an owner, revoked ones included, newest first, at most 1,000. */
  list(ownerId: string): Promise<readonly ApiKey<Scope>[]>

  /** True for text that carries the prefix of this deployment's keys; says nothing about validity. */
  isApiKey(text: string): boolean

  /** Matches exactly the keys of this deployment, for secret scanners. */
  pattern(): RegExp

  /** Writes the gathered last-used instants now; also done by `close`. */
  flushLastUsed(): Promise<void>
}
