import type { JsonObject } from '../json.js'

/** Names one document. `namespace` separates kinds. */
export interface DocumentKey {
  readonly namespace: string
  readonly id: string
}

/** A small record with a version: an enrolled factor, a client, a sealed token. */
export interface DocumentRecord extends DocumentKey {
  /** 1 when it was first stored, one more with each replacement. */
  readonly version: number
  /** What lists and deletions of many find it by, such as `subject:u1`: at most 8, none twice, in the order given. */
  readonly tags: readonly string[]
  /** At most 64 KiB of JSON text in UTF-8. Secrets in it are hashed or sealed by the caller. */
  readonly value: JsonObject
  /** Epoch milliseconds, as every instant here. A replacement keeps it. */
  readonly createdAt: number
  /** When this version was stored. */
  readonly updatedAt: number
  /** Absent: it lives until it is removed. */
  readonly expiresAt?: number
}

/** What `put` is told: everything that the document shall hold from now on, and the version that it replaces. */
export interface PutDocumentCommand extends DocumentKey {
  readonly tags: readonly string[]
  readonly value: JsonObject
  /** 0 creates. */
  readonly expectedVersion: number
  /** Absent: it lives until it is removed, also when the version before had an expiry. */
  readonly expiresAt?: number
  /** Names the attempt; another text for each, from a random source. */
  readonly writeId: string
  readonly now: number
}

/** What storing a document came to. */
export type PutDocumentOutcome =
  | { readonly outcome: 'stored'; readonly version: number }
  /** The live document is of another version, or there is none; nothing has changed. */
  | { readonly outcome: 'conflict' }

/** What `remove` is told. */
export interface RemoveDocumentCommand extends DocumentKey {
  /** When given, a document without this tag counts as not found: whoever may remove only their own says so here. */
  readonly tag?: string
  /** When given, a document of another version is left alone. */
  readonly expectedVersion?: number
  readonly now: number
}

/** What removing a document came to. */
export interface RemoveDocumentOutcome {
  /** `not_found`: unknown, expired or without the tag. `conflict`: of another version. */
  readonly outcome: 'removed' | 'not_found' | 'conflict'
}

/**
 * Keeps small records that are replaced as a whole. Every method is one atomic command of the database. An expired
 * document (`now >= expiresAt`) counts as absent everywhere: it is never returned, and a new one under its key begins
 * at version 1.
 */
export interface DocumentStore {
  /**
   * Stores a document in the place of the live one of `expectedVersion`, or of none when that is 0. Of many that
   * expect the same version one is stored.
   * A repeat with the same `writeId` answers `stored` with the same version and changes nothing, as long as the
   * document is what the first attempt left; once it was replaced or removed a repeat is an attempt like any other.
   * What has expired before it came is stored and gone in the same step.
   * @throws {TypeError} also on more than 8 tags, on one that is there twice, and on a value above 64 KiB
   */
  put(command: PutDocumentCommand): Promise<PutDocumentOutcome>

  /** The document, unless it has expired. */
  find(query: DocumentKey & { readonly now: number }): Promise<DocumentRecord | undefined>

  /**
   * The documents of a namespace that carry a tag, newest first (`createdAt` descending, then `id` ascending), at most
   * `limit`.
   */
  list(query: {
    readonly namespace: string
    readonly tag: string
    readonly now: number
    readonly limit: number
  }): Promise<readonly DocumentRecord[]>

  /**
   * Deletes one document. The tag is looked at before the version. After a lost answer a repeat says `not_found`,
   * which is no failure.
   */
  remove(command: RemoveDocumentCommand): Promise<RemoveDocumentOutcome>

  /** Deletes every document of a namespace that carries a tag, and says how many; a repeat finds only what is left. */
  removeAll(command: {
    readonly namespace: string
    readonly tag: string
    readonly now: number
  }): Promise<{ readonly removed: number }>

  /** Deletes at most `limit` expired documents. */
  sweep(command: { readonly now: number; readonly limit: number }): Promise<{ readonly removed: number }>
}
