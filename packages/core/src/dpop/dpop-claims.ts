import { InvalidProofError } from '../errors.js'
import type { JsonObject, JsonValue } from '../json.js'

/** The claims of a DPoP proof (RFC 9449 section 4.2) after their form was checked. */
export interface DpopClaims {
  /** `jti`: 1 to 256 characters. */
  readonly proofId: string
  /** `htm` */
  readonly method: string
  /** `htu` */
  readonly url: string
  /** `iat`, epoch milliseconds. */
  readonly issuedAt: number
  /** `ath` */
  readonly accessTokenHash?: string
  readonly nonce?: string
}

const MAX_PROOF_ID_LENGTH = 256
const MAX_SECONDS = 8_640_000_000_000

/**
 * Reads the claims of a proof whose signature was verified. Checks their form, not whether they fit a request.
 * @throws InvalidProofError `dpop_proof_malformed`
 */
export function parseDpopClaims(payload: JsonObject): DpopClaims {
  const accessTokenHash = readOptionalText(payload, 'ath')
  const nonce = readOptionalText(payload, 'nonce')
  return {
    proofId: readText(payload, 'jti', MAX_PROOF_ID_LENGTH),
    method: readText(payload, 'htm'),
    url: readText(payload, 'htu'),
    issuedAt: readIssuedAt(payload),
    ...(accessTokenHash !== undefined && { accessTokenHash }),
    ...(nonce !== undefined && { nonce }),
  }
}

function readOptionalText(payload: JsonObject, name: string): string | undefined {
  return findOwn(payload, name) === undefined ? undefined : readText(payload, name)
}

function readText(payload: JsonObject, name: string, maximum = Number.POSITIVE_INFINITY): string {
  const value = findOwn(payload, name)
  if (typeof value === 'string' && value !== '' && value.length <= maximum) return value
  throw refuseClaim(name)
}

function readIssuedAt(payload: JsonObject): number {
  const seconds = findOwn(payload, 'iat')
  if (typeof seconds === 'number' && seconds >= 0 && seconds <= MAX_SECONDS) return seconds * 1000
  throw refuseClaim('iat')
}

/** Own members only: a polluted Object.prototype must not add claims. */
function findOwn(payload: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(payload, name) ? payload[name] : undefined
}

function refuseClaim(name: string): InvalidProofError {
  return new InvalidProofError('dpop_proof_malformed', {
    detail: `The claim ${name} of the DPoP proof is missing or malformed.`,
  })
}
