import type { CryptoBackend } from '../crypto/backend.js'
import type { RootSecret, RootSecrets } from '../crypto/root-secrets.js'
import type { Clock } from '../ports/clock.js'

/** Nonces that a deployment hands out and knows again without keeping them (RFC 9449 section 8). */
export interface DpopNonces {
  /** The nonce of now; the same for everybody, in every process with the same secrets. */
  current(): string
  /** `current`: ours and of now. `outdated`: ours and still good. `unknown`: neither. Never throws. */
  judge(nonce: string | undefined): 'current' | 'outdated' | 'unknown'
}

/** What nonces are made with. */
export interface DpopNoncesOptions {
  readonly secrets: RootSecrets
  readonly backend: CryptoBackend
  readonly clock: Clock
  /** A nonce is handed out for so long, and accepted for as long again. */
  readonly nonceSeconds: number
}

const SECRET_ID_CHARACTERS = 8
const SLOT_LENGTH = 6
const TAG_LENGTH = 16
const MAX_CHARACTERS = 64

/**
 * Creates the nonces of a deployment: id of the root secret, number of the time slot, and a tag over the slot under
 * a key of this one purpose.
 */
export function createDpopNonces({ secrets, backend, clock, nonceSeconds }: DpopNoncesOptions): DpopNonces {
  const currentSlot = (): number => Math.floor(clock() / (nonceSeconds * 1000))

  const write = (secret: RootSecret, slot: number): string => {
    const bytes = new Uint8Array(SLOT_LENGTH + TAG_LENGTH)
    const view = new DataView(bytes.buffer)
    view.setUint16(0, Math.floor(slot / 2 ** 32))
    view.setUint32(2, slot % 2 ** 32)
    const tag = secret.macOf('dpop_nonce').compute(bytes.slice(0, SLOT_LENGTH))
    bytes.set(tag.subarray(0, TAG_LENGTH), SLOT_LENGTH)
    return secret.id + backend.encodeBase64url(bytes)
  }

  return Object.freeze({
    current: () => write(secrets.current, currentSlot()),
    judge: nonce => {
      const secret = nonce === undefined ? undefined : secrets.find(nonce.slice(0, SECRET_ID_CHARACTERS))
      if (nonce === undefined || nonce.length > MAX_CHARACTERS || secret === undefined) return 'unknown'
      const now = currentSlot()
      // the slot after this one: another process of ours, whose clock runs ahead, has begun it
      const slot = [now, now - 1, now + 1].find(each => isEqual(write(secret, each), nonce))
      if (slot === undefined) return 'unknown'
      return slot === now - 1 || secret !== secrets.current ? 'outdated' : 'current'
    },
  } satisfies DpopNonces)

  function isEqual(left: string, right: string): boolean {
    const encoder = new TextEncoder()
    return backend.equalBytes(encoder.encode(left), encoder.encode(right))
  }
}
