import type { RevocationKind } from '@authcore/core/ports'
import { encodeKeyText } from './key-text.js'

/** The two sorted sets that name what belongs to a subject or an owner, or carries a tag. */
export interface IndexKeys {
  /** Scored so that the newest comes first. */
  readonly created: string
  /** Scored by the latest instant at which the named thing can be alive. */
  readonly expiry: string
}

/**
 * Every key that is ever used. What stands in braces is all that chooses the slot in a cluster, so a session and the
 * mark that revokes it share one, and so do the two sets of an index.
 */
export interface KeySpace {
  session(id: string): string
  subject(subject: string): IndexKeys
  apiKey(id: string): string
  owner(ownerId: string): IndexKeys
  revocation(kind: RevocationKind, id: string): string
  oneTime(namespace: string, key: string): string
  rateLimit(key: string): string
  document(namespace: string, id: string): string
  tagged(namespace: string, tag: string): IndexKeys
  readonly signingKeys: string
  readonly fence: string
  /**
   * How long a key is without the prefix: what a script cuts off to reach other keys. Not the prefix itself, because
   * a client may put one of its own in front of it.
   */
  suffixLength(key: string): string
}

/** Names the keys under one prefix, which holds no brace. */
export function createKeySpace(prefix: string): KeySpace {
  const tagged = (kind: string, ...texts: readonly string[]) =>
    `${prefix}:${kind}:{${texts.map(encodeKeyText).join(':')}}`
  const index = (kind: string, ...texts: readonly string[]): IndexKeys => {
    const base = tagged(kind, ...texts)
    return { created: `${base}:created`, expiry: `${base}:expiry` }
  }
  return Object.freeze({
    session: (id: string) => tagged('session', id),
    subject: (subject: string) => index('subject', subject),
    apiKey: (id: string) => tagged('api-key', id),
    owner: (ownerId: string) => index('owner', ownerId),
    revocation: (kind: RevocationKind, id: string) => tagged(`revoked:${kind}`, id),
    oneTime: (namespace: string, key: string) => tagged('one-time', namespace, key),
    rateLimit: (key: string) => tagged('rate-limit', key),
    document: (namespace: string, id: string) => tagged('document', namespace, id),
    tagged: (namespace: string, tag: string) => index('tagged', namespace, tag),
    signingKeys: `${prefix}:signing-keys`,
    fence: `${prefix}:fence`,
    suffixLength: (key: string) => String(key.length - prefix.length - 1),
  })
}
