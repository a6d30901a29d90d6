import * as z from 'zod/mini'
import { StoreError } from '../errors.js'
import { ALGORITHMS, type Algorithm } from '../jws/algorithms.js'
import type { SigningKeyRecord, SigningKeyRing } from '../ports/signing-key-store.js'

const instant = z.int().check(z.gte(0))
const member = z.string().check(z.minLength(1), z.maxLength(4096))

const recordSchema = z.object({
  kid: z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/)),
  algorithm: z.enum(ALGORITHMS),
  publicJwk: z.optional(z.record(z.string(), member)),
  sealedPrivateJwk: z.string().check(z.regex(/^[A-Za-z0-9_-]{1,16384}$/)),
  secretId: z.string(),
  announcedAt: instant,
  activatesAt: instant,
  withdrawnAt: z.optional(instant),
})

const ringSchema = z.object({
  version: z.int().check(z.gte(0)),
  keys: z.array(recordSchema).check(z.maxLength(1000)),
})

/**
 * Checks what a store returns as the ring: a damaged record must not turn into a key.
 * @throws StoreError `store_record_invalid`
 */
export function parseKeyRing(ring: unknown): SigningKeyRing {
  const result = ringSchema.safeParse(ring)
  if (!result.success) throw new StoreError('store_record_invalid')
  return { version: result.data.version, keys: result.data.keys.map(toRecord) }
}

/** The algorithm of a record that `parseKeyRing` has checked. */
export function algorithmOf({ algorithm }: SigningKeyRecord): Algorithm {
  const known = ALGORITHMS.find(name => name === algorithm)
  if (known === undefined) throw new StoreError('store_record_invalid')
  return known
}

function toRecord({ publicJwk, withdrawnAt, ...record }: z.infer<typeof recordSchema>): SigningKeyRecord {
  return {
    ...record,
    ...(publicJwk !== undefined && { publicJwk }),
    ...(withdrawnAt !== undefined && { withdrawnAt }),
  }
}
