import type { JsonObject } from '../json.js'
import { ownMembers } from '../own-members.js'
import { encodeBase64url } from './base64url.js'
import type { SigningKey } from './types.js'

/** What a header holds besides the algorithm and the `kid`, which come from the key. */
export interface JwsHeaderMembers {
  /** The media type of the whole token, such as `at+jwt` (RFC 7515 section 4.1.9). */
  readonly typ?: string
  /** Further members; never `alg`, `kid`, `typ` or one that verifiers refuse. */
  readonly members?: JsonObject
}

/**
 * Creates a signer that puts the same header before each payload.
 * @returns a function from payload bytes or JSON text to a JWS in compact serialization (RFC 7515 section 7.1);
 *   it returns the text at once where the key signs synchronously
 */
export function createJwsSigner(
  key: SigningKey,
  headerMembers: JwsHeaderMembers = {},
): (payload: string | Uint8Array) => string | Promise<string> {
  const { algorithm: alg, kid } = key
  const { typ, members = {} } = ownMembers(headerMembers)
  const header = { alg, ...(typ !== undefined && { typ }), ...(kid !== undefined && { kid }), ...members }
  const prefix = `${encodeBase64url(JSON.stringify(header))}.`
  return payload => {
    const signingInput = prefix + encodeBase64url(payload)
    const signature = key.sign(signingInput)
    return signature instanceof Promise
      ? signature.then(made => join(signingInput, made))
      : join(signingInput, signature)
  }
}

function join(signingInput: string, signature: Uint8Array): string {
  return `${signingInput}.${encodeBase64url(signature)}`
}
