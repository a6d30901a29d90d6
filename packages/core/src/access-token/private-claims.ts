import { InvalidRequestError } from '../errors.js'
import { copyJsonObject, type JsonObject } from '../json.js'
import type { StandardSchema } from '../standard-schema.js'
import { PRINCIPAL_CLAIMS } from './registered-claims.js'

/** What else may not come from the caller: header words, delegation (RFC 8693) and names that hurt objects. */
const RESERVED_CLAIMS: ReadonlySet<string> = new Set([
  ...PRINCIPAL_CLAIMS,
  'typ',
  'alg',
  'nonce',
  'act',
  'may_act',
  '__proto__',
  'constructor',
  'prototype',
])

/** Whoever holds a token can read it, so what smells of a secret does not belong into one. */
const SENSITIVE = new RegExp(
  `(^|_)(${[
    'password|passwd|passphrase|passcode|pwd|secrets?|credentials?|private_key|api_?key',
    '(access|refresh|session|bearer)_?token',
    'credit_?card|card_?(number|no|pan)|pan|cvv2?|cvc2?|iban|ssn|social_security(_number)?',
    'pin|otp|totp|recovery_?codes?|(password|secret)_?hash',
  ].join('|')})(_|$)`,
)

const MAX_LENGTH = 4096

/**
 * Checks the private claims of something that is being issued.
 * @returns a deep copy of plain JSON, as the schema parsed it
 * @throws InvalidRequestError `claims_invalid`, `claims_reserved`, `claims_sensitive`
 */
export async function validateClaims(
  claims: unknown,
  schema: StandardSchema | undefined,
): Promise<JsonObject> {
  const parsed = schema === undefined ? (claims ?? {}) : await parseClaims(claims ?? {}, schema)
  const copy = copyJsonObject(parsed, MAX_LENGTH)
  if (copy === undefined) {
    throw new InvalidRequestError('claims_invalid', {
      detail: `claims must be a plain JSON object of at most ${MAX_LENGTH} characters.`,
    })
  }
  refuseReservedNames(copy)
  refuseSensitiveNames(copy)
  return copy
}

/** Returns what the schema makes of the claims, and refuses them without quoting a value. */
async function parseClaims(claims: unknown, schema: StandardSchema): Promise<unknown> {
  const result = await schema['~standard'].validate(claims)
  if (result.issues !== undefined) throw new InvalidRequestError('claims_invalid')
  return result.value
}

function refuseReservedNames(claims: JsonObject): void {
  const name = Object.keys(claims).find(claim => RESERVED_CLAIMS.has(claim))
  if (name === undefined) return
  throw new InvalidRequestError('claims_reserved', {
    detail: `The claim ${name} is reserved for the issuer.`,
  })
}

function refuseSensitiveNames(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const [name, member] of Object.entries(value)) {
    if (SENSITIVE.test(toSnakeCase(name))) throw new InvalidRequestError('claims_sensitive')
    refuseSensitiveNames(member)
  }
}

/** `cardNumber`, `card-number` and `Card Number` are one name. */
function toSnakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase()
}
