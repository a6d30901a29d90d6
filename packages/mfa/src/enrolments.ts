import type { JsonObject, SecretBox } from '@authcore/core'
import type { FactorHost } from './auth-host.js'
import type { StoredFactor } from './factor.js'
import { isStoredFactor } from './factor-record.js'
import { randomText } from './random-text.js'

/** Factors that wait for their first right code. None of them counts for anything. */
export interface Enrolments {
  start(subject: string, factor: StoredFactor): Promise<{ readonly expiresAt: number }>
  /** @returns the factor; `undefined` for an unknown one, one of somebody else, and one that took too long */
  find(subject: string, factorId: unknown): Promise<StoredFactor | undefined>
  finish(factorId: string): Promise<void>
}

const NAMESPACE = 'mfa.enrolments'
const ENROLMENT_SECONDS = 600

/** Keeps them as documents that expire. */
export function createEnrolments({ documents, clock, random }: FactorHost, box: SecretBox): Enrolments {
  return Object.freeze({
    start: async (subject, factor) => {
      const expiresAt = clock() + ENROLMENT_SECONDS * 1000
      await documents.put({
        namespace: NAMESPACE,
        id: factor.id,
        tags: [],
        value: { subject: box.hash(subject), factor: factor satisfies JsonObject },
        expectedVersion: 0,
        expiresAt,
        writeId: randomText(random, 16),
        now: clock(),
      })
      return { expiresAt }
    },
    find: async (subject, factorId) => {
      if (typeof factorId !== 'string' || !/^[0-9a-f]{32}$/.test(factorId)) return undefined
      const document = await documents.find({ namespace: NAMESPACE, id: factorId, now: clock() })
      if (document?.value['subject'] !== box.hash(subject)) return undefined
      const factor: unknown = document.value['factor']
      return isStoredFactor(factor) ? factor : undefined
    },
    finish: async factorId => {
      await documents.remove({ namespace: NAMESPACE, id: factorId, now: clock() })
    },
  } satisfies Enrolments)
}
