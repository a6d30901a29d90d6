import { createHmac, randomBytes } from 'node:crypto'

/** A secret that no check of guessability can object to. */
export const SECRET: Uint8Array = new Uint8Array(randomBytes(64))

/** Encodes text or bytes with the peer's encoder, not with ours. */
export function encodePart(content: string | Uint8Array): string {
  return Buffer.from(content).toString('base64url')
}

/** Signs parts that stand as they are, well formed or not. */
export function signParts(header: string, payload: string, secret: Uint8Array = SECRET): string {
  const signature = createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url')
  return `${header}.${payload}.${signature}`
}

/** A token with a genuine signature over any header and payload text. */
export function signText(header: string | object, payload: string | object | Uint8Array): string {
  return signParts(encodePart(toText(header)), encodePart(toText(payload)))
}

function toText(content: string | object | Uint8Array): string | Uint8Array {
  return typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content)
}
