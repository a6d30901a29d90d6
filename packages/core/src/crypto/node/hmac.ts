import crypto from 'node:crypto'
import type { HashName } from '../../jws/algorithms.js'

/** Computes the tag of a content under one key: strings as UTF-8, the tag as base64url or one character per byte. */
export type ComputeTag = (content: string | Uint8Array, encoding: TagEncoding) => string

type TagEncoding = 'binary' | 'base64url'

const BLOCK_LENGTHS: Readonly<Record<HashName, number>> = { sha256: 64, sha384: 128, sha512: 128 }
const HASH_LENGTHS: Readonly<Record<HashName, number>> = { sha256: 32, sha384: 48, sha512: 64 }

/** What takes no more bytes than this is hashed in memory that the key keeps. */
const ROOM = 8192

/** A character of a string (a unit of UTF-16) takes three bytes of UTF-8 at most. */
const MAX_BYTES_PER_CHARACTER = 3

/**
 * HMAC (RFC 2104) by two one-shot hashes. `createHmac` makes several objects outside of the heap for every tag, which
 * cost four times as much as hashing a token.
 */
export function createHmac(algorithm: HashName, secret: Uint8Array): ComputeTag {
  const block = BLOCK_LENGTHS[algorithm]
  const hash = findHash()
  const key = Buffer.alloc(block)
  key.set(secret.length > block ? crypto.createHash(algorithm).update(secret).digest() : secret)
  const inner = Buffer.alloc(block + ROOM)
  inner.set(key.map(byte => byte ^ 0x36))
  const outer = Buffer.alloc(block + HASH_LENGTHS[algorithm])
  outer.set(key.map(byte => byte ^ 0x5c))
  key.fill(0)

  return (content, encoding) => {
    const room = typeof content === 'string' ? content.length * MAX_BYTES_PER_CHARACTER : content.length
    const input = room <= ROOM ? inner : Buffer.concat([inner.subarray(0, block), Buffer.alloc(room)])
    const length = put(content, input, block)
    outer.write(hash(algorithm, input.subarray(0, block + length), 'binary'), block, 'latin1')
    // what was hashed may be a credential, and this memory lives as long as the key
    input.fill(0, block, block + length)
    return hash(algorithm, outer, encoding)
  }
}

type Hash = (algorithm: HashName, content: Uint8Array, encoding: TagEncoding) => string

/** Node has a one-shot hash since 20.12; other runtimes with a node:crypto may lack it. */
function findHash(): Hash {
  if (typeof crypto.hash === 'function') return crypto.hash
  return (algorithm, content, encoding) => crypto.createHash(algorithm).update(content).digest(encoding)
}

function put(content: string | Uint8Array, target: Buffer, offset: number): number {
  if (typeof content === 'string') return target.write(content, offset)
  target.set(content, offset)
  return content.length
}
