import type { SecretBox } from '@authcore/core'
import type { FactorHost } from '../auth-host.js'
import type { FactorRecords } from '../factor-records.js'
import { randomText } from '../random-text.js'

/** Which account a passkey belongs to: one at most, over all accounts. */
export interface PasskeyOwners {
  /**
   * Claims a credential id for an account, in one command.
   * @returns false when another account has it
   */
  claim(credentialId: string, subject: string): Promise<boolean>
  /** @returns `undefined` where nobody has it, or the owner cannot be opened under the root secrets */
  find(credentialId: string): Promise<string | undefined>
  release(credentialId: string): Promise<void>
}

const NAMESPACE = 'mfa.passkeys'

/** One document for each passkey, with the sealed subject. */
export function createPasskeyOwners(host: FactorHost, records: FactorRecords, box: SecretBox): PasskeyOwners {
  const { documents, clock, random } = host
  const keyOf = (credentialId: string) => ({ namespace: NAMESPACE, id: box.hash(credentialId) })
  const find = async (credentialId: string): Promise<string | undefined> => {
    const document = await documents.find({ ...keyOf(credentialId), now: clock() })
    const subject = document?.value['subject']
    return typeof subject === 'string' ? box.openText(subject, credentialId) : undefined
  }
  return Object.freeze({
    find,
    claim: async (credentialId, subject) => {
      const { outcome } = await documents.put({
        ...keyOf(credentialId),
        tags: [],
        value: { subject: await box.seal(subject, credentialId) },
        expectedVersion: 0,
        writeId: randomText(random, 16),
        now: clock(),
      })
      if (outcome === 'stored') return true
      // what a crash left behind between the claim and the record of this very account
      if ((await find(credentialId)) !== subject) return false
      const { factors } = await records.find(subject)
      return !factors.some(factor => factor.method === 'passkey' && factor.credentialId === credentialId)
    },
    release: async credentialId => {
      await documents.remove({ ...keyOf(credentialId), now: clock() })
    },
  } satisfies PasskeyOwners)
}
