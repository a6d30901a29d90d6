import { type JsonObject, type SecretBox, StoreError } from '@authcore/core'
import { isoBase64URL } from '@simplewebauthn/server/helpers'
import type { FactorHost } from '../auth-host.js'
import { randomText } from '../random-text.js'

/** What a challenge is for: an answer to any other one is refused. */
export interface PasskeyCeremony {
  readonly kind: 'registration' | 'second_factor' | 'first_factor'
  /** Whose answer is expected; empty where the answer tells. */
  readonly subject: string
  /** The session or the pending login; empty where nobody has begun to log in. */
  readonly loginId: string
}

/** Challenges that wait for their one answer. */
export interface PasskeyChallenges {
  /** @returns 32 random bytes, base64url */
  issue(
    ceremony: PasskeyCeremony,
    value: JsonObject,
  ): Promise<{ readonly challenge: string; readonly expiresAt: number }>
  /** Takes a challenge away, in one command: of any number of answers one gets the value. */
  take(ceremony: PasskeyCeremony, challenge: string): Promise<JsonObject | undefined>
}

const NAMESPACE = 'mfa.passkey'
const CHALLENGE_LENGTH = 32
/** How long an authenticator may take. */
export const CHALLENGE_SECONDS = 300

/** The ceremony is part of the key, so that nobody can use up the challenge of somebody else. */
export function createPasskeyChallenges(host: FactorHost, box: SecretBox): PasskeyChallenges {
  const { stores, clock, random } = host
  const keyOf = ({ kind, subject, loginId }: PasskeyCeremony, challenge: string) => ({
    namespace: NAMESPACE,
    key: box.hash(JSON.stringify([kind, subject, loginId, challenge])),
  })
  return Object.freeze({
    issue: async (ceremony, value) => {
      const challenge = isoBase64URL.fromBuffer(Uint8Array.from(random(CHALLENGE_LENGTH)))
      const expiresAt = clock() + CHALLENGE_SECONDS * 1000
      const command = { ...keyOf(ceremony, challenge), value, expiresAt, now: clock() }
      const { outcome } = await stores.oneTime.put(command)
      // a random source that repeats itself
      if (outcome === 'exists') throw new StoreError('store_unavailable')
      return { challenge, expiresAt }
    },
    take: async (ceremony, challenge) => {
      const holder = randomText(random, 16)
      const taken = await stores.oneTime.take({ ...keyOf(ceremony, challenge), holder, now: clock() })
      return taken.outcome === 'taken' ? taken.value : undefined
    },
  } satisfies PasskeyChallenges)
}
