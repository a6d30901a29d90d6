import { createHmac } from 'node:crypto'

const STEP_SECONDS = 30
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/**
 * What an authenticator app shows (RFC 6238): the walk computes it as the app would.
 * @param secret in base32, as the QR code holds it
 * @param epochSeconds by the clock of the demo
 */
export function showCode(secret: string, epochSeconds: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(epochSeconds / STEP_SECONDS)))
  const mac = createHmac('sha1', decodeBase32(secret)).update(counter).digest()
  // RFC 4226 section 5.3
  const offset = mac.readUInt8(mac.length - 1) & 15
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/** A code that no app shows around that time, as a thief would guess it. */
export function guessCode(secret: string, epochSeconds: number): string {
  const shown = [-2, -1, 0, 1, 2].map(steps => showCode(secret, epochSeconds + steps * STEP_SECONDS))
  return (
    ['000000', '111111', '222222', '333333', '444444', '555555'].find(code => !shown.includes(code)) ?? ''
  )
}

function decodeBase32(text: string): Buffer {
  const bits = Array.from(text, character => BASE32.indexOf(character).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)))
}
