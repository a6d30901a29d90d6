import { type SecretBox, StoreError } from '@authcore/core'
import type { FactorHost } from '../auth-host.js'
import type { CodeSettings } from '../options.js'
import { randomText } from '../random-text.js'
import type { CodePurpose } from './code-message.js'

/** What a code is bound to: it is good for nothing else. */
export interface CodeBinding {
  readonly purpose: CodePurpose
  readonly subject: string
  readonly loginId: string
  readonly factorId: string
}

/** Codes that were sent and wait to come back. */
export interface SentCodes {
  /** Makes a code; one that was made for the same binding before is void. */
  issue(binding: CodeBinding): Promise<{ readonly code: string; readonly expiresAt: number }>
  /**
   * Uses a code up. Every attempt is counted in one command before it is compared, and one of any number of right ones
   * gets `true`.
   */
  spend(binding: CodeBinding, code: unknown): Promise<boolean>
}

const NAMESPACE = 'mfa.codes'
const RANDOM_LENGTH = 16

/** Keeps a keyed hash of each: there are few codes, so that whoever reads the store could try them all otherwise. */
export function createSentCodes(
  host: FactorHost,
  { digits, lifetimeSeconds, maxAttempts }: CodeSettings,
  box: SecretBox,
): SentCodes {
  const { documents, stores, clock, random } = host
  const bindingText = ({ purpose, subject, loginId, factorId }: CodeBinding): string =>
    JSON.stringify([purpose, subject, loginId, factorId])
  const keyOf = (binding: CodeBinding) => ({ namespace: NAMESPACE, id: box.hash(bindingText(binding)) })
  const contentOf = (binding: CodeBinding, codeId: string, code: string): string =>
    JSON.stringify([bindingText(binding), codeId, code])

  const countAttempt = async (codeId: string): Promise<boolean> => {
    // the first attempt is forgotten one lifetime later, when the code has expired: there are never more
    const windowSeconds = maxAttempts * lifetimeSeconds
    const key = `mfa:code:attempts:${codeId}`
    const command = { key, limit: maxAttempts, windowSeconds, cost: 1, now: clock() }
    return (await stores.rateLimits.take(command)).allowed
  }
  const reserve = async (codeId: string, expiresAt: number): Promise<boolean> => {
    const holder = randomText(random, RANDOM_LENGTH)
    const command = { namespace: NAMESPACE, key: codeId, holder, expiresAt, now: clock() }
    return (await stores.oneTime.reserve(command)).outcome === 'reserved'
  }

  return Object.freeze({
    issue: async binding => {
      const code = toDigits(random(RANDOM_LENGTH), digits)
      const codeId = randomText(random, RANDOM_LENGTH)
      const expiresAt = clock() + lifetimeSeconds * 1000
      const current = await documents.find({ ...keyOf(binding), now: clock() })
      const { outcome } = await documents.put({
        ...keyOf(binding),
        tags: [],
        value: { codeId, hash: box.mac(contentOf(binding, codeId, code)) },
        expectedVersion: current?.version ?? 0,
        expiresAt,
        writeId: randomText(random, RANDOM_LENGTH),
        now: clock(),
      })
      // two at the same time pass the pause between messages only where its store is another one
      if (outcome === 'conflict') throw new StoreError('store_unavailable')
      return { code, expiresAt }
    },
    spend: async (binding, code) => {
      if (typeof code !== 'string' || code.length > 32) return false
      const document = await documents.find({ ...keyOf(binding), now: clock() })
      const { codeId, hash } = document?.value ?? {}
      if (typeof codeId !== 'string' || typeof hash !== 'string') return false
      if (!(await countAttempt(codeId))) return false
      if (!box.verifyMac(contentOf(binding, codeId, code.replace(/[\s-]/g, '')), hash)) return false
      return reserve(codeId, document?.expiresAt ?? clock())
    },
  } satisfies SentCodes)
}

/** 128 random bits leave no digit more likely than another by what could ever be measured. */
function toDigits(bytes: Uint8Array, digits: number): string {
  const number = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  return String(number % 10n ** BigInt(digits)).padStart(digits, '0')
}
