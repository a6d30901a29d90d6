import type { SecretBox } from '@authcore/core'
import { encodeBase64url } from '../token-host.js'
import type { StoredSecret } from './client-record.js'

const PREFIX = 'cs_'
const SECRET_BYTES = 32
const FORM = /^cs_[A-Za-z0-9_-]{43}$/

/** Makes, hashes and compares the secrets of clients. */
export interface ClientSecrets {
  /** A secret of 256 random bits. */
  create(): string
  hash(clientId: string, secret: string): string
  /** Whether a text can be a secret: what cannot costs no store call. */
  hasForm(text: unknown): text is string
  /**
   * Compares with every secret that is accepted, in constant time. Without any the same work is done for nothing, so
   * that time does not tell whether there is such a client.
   */
  matches(clientId: string, secret: string, accepted: readonly StoredSecret[]): boolean
}

/** Prepares the secrets of clients under a pepper of their own. */
export function createClientSecrets(box: SecretBox, random: (length: number) => Uint8Array): ClientSecrets {
  // under the name of the client: a hash that is copied to another record opens nothing there
  const content = (clientId: string, secret: string): string => `${clientId}\n${secret}`
  const nobody = box.mac('nobody')
  return Object.freeze({
    create: () => PREFIX + encodeBase64url(random(SECRET_BYTES)),
    hash: (clientId, secret) => box.mac(content(clientId, secret)),
    hasForm: (text): text is string => typeof text === 'string' && FORM.test(text),
    matches: (clientId, secret, accepted) => {
      const macs = accepted.length === 0 ? [nobody] : accepted.map(({ mac }) => mac)
      const verdicts = macs.map(mac => box.verifyMac(content(clientId, secret), mac))
      return verdicts.includes(true)
    },
  } satisfies ClientSecrets)
}
