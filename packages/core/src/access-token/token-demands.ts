import { InsufficientScopeError, InvalidTokenError } from '../errors.js'
import type { Confirmation } from '../principal.js'
import { isProved } from '../proved-keys.js'
import { findMissing } from '../rights.js'
import type { StandardSchema } from '../standard-schema.js'

/** What a token says that a caller may make demands on; own members only. */
export interface TokenFacts {
  readonly scope: readonly string[]
  readonly authenticatedAt?: number | undefined
  readonly confirmation?: Confirmation | undefined
}

/** @throws InvalidTokenError `token_audience_mismatch` */
export function refuseOtherAudience(
  { audience }: { readonly audience: readonly string[] },
  accepted: string | readonly string[],
): void {
  const names = typeof accepted === 'string' ? [accepted] : accepted
  if (!audience.some(value => names.includes(value))) throw new InvalidTokenError('token_audience_mismatch')
}

/** RFC 7800 section 3.1: every key that the token names must have been proved, else it is a stolen text. */
export function validateConfirmation(
  { confirmation }: TokenFacts,
  { confirmation: proved }: { readonly confirmation?: Confirmation },
): void {
  if (!isProved(confirmation, proved)) throw new InvalidTokenError('token_binding_mismatch')
}

/** RFC 9470 section 4: a token that does not say when the login was cannot prove that it was recent. */
export function validateLoginAge(
  { authenticatedAt }: TokenFacts,
  maxAgeSeconds: number | undefined,
  now: number,
  toleranceMs: number,
): void {
  if (maxAgeSeconds === undefined) return
  const isRecent =
    authenticatedAt !== undefined && now <= authenticatedAt + maxAgeSeconds * 1000 + toleranceMs
  if (!isRecent) throw new InvalidTokenError('authentication_too_old')
}

/** @throws InsufficientScopeError `insufficient_scope` */
export function validateScope({ scope }: TokenFacts, required: readonly string[] | undefined): void {
  if (required === undefined) return
  const missing = findMissing(required, scope)
  if (missing.length > 0) throw new InsufficientScopeError('insufficient_scope', missing)
}

/**
 * What another version of the service put into a token may not fit the schema of this one.
 * @returns a frozen copy with the claims as the schema returns them
 */
export async function validateSchema<Holder extends { readonly claims: unknown }>(
  principal: Holder,
  schema: StandardSchema | undefined,
): Promise<Holder> {
  if (schema === undefined) return principal
  const result = await schema['~standard'].validate(principal.claims)
  if (result.issues !== undefined) throw new InvalidTokenError('token_claim_invalid')
  // what the schema returns is of the type that the options promise
  return Object.freeze({ ...principal, claims: result.value as Holder['claims'] })
}
