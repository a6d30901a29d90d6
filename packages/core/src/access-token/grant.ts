import { validateInstant, validateOptionalText, validateText } from '../arguments.js'
import { InvalidRequestError } from '../errors.js'
import type { JsonObject } from '../json.js'
import type { Settings } from '../options.js'
import { ownMembers } from '../own-members.js'
import type { Confirmation } from '../principal.js'
import { validateRoles, validateScope } from '../rights.js'
import { validateClaims } from './private-claims.js'

/** What access tokens and sessions are issued for, as the caller states it. */
export interface GrantOptions {
  readonly subject: unknown
  readonly scope?: unknown
  readonly roles?: unknown
  readonly claims?: unknown
  readonly clientId?: unknown
  readonly confirmation?: unknown
  readonly authenticatedAt?: unknown
  readonly amr?: unknown
  readonly acr?: unknown
}

/** The same, checked. */
export interface Grant {
  readonly subject: string
  readonly scope: readonly string[]
  readonly roles: readonly string[]
  readonly claims: JsonObject
  readonly clientId?: string
  readonly confirmation?: Confirmation
  readonly authenticatedAt?: number
  readonly amr?: readonly string[]
  readonly acr?: string
}

/**
 * Checks what a caller wants to have issued.
 * @throws InvalidRequestError `argument_invalid`, `scope_unknown`, `role_unknown`, `claims_*`
 */
export async function validateGrant(options: GrantOptions, settings: Settings): Promise<Grant> {
  const clientId = validateOptionalText(options.clientId, 'clientId')
  const acr = validateOptionalText(options.acr, 'acr')
  const grant: Grant = {
    subject: validateText(options.subject, 'subject'),
    scope: validateScope(options.scope, settings.scopes),
    roles: validateRoles(options.roles, settings.roles),
    claims: await validateClaims(options.claims, settings.accessToken.claims),
    ...(clientId !== undefined && { clientId }),
    ...(options.confirmation !== undefined && { confirmation: validateConfirmation(options.confirmation) }),
    ...(options.authenticatedAt !== undefined && {
      authenticatedAt: validateInstant(options.authenticatedAt, 'authenticatedAt'),
    }),
    ...(options.amr !== undefined && { amr: validateAmr(options.amr) }),
    ...(acr !== undefined && { acr }),
  }
  return Object.freeze(ownMembers(grant))
}

const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/

/**
 * A confirmation names one or two keys by SHA-256 thumbprint, and nothing that cannot be checked.
 * @throws InvalidRequestError `argument_invalid`
 */
export function validateConfirmation(confirmation: unknown): Confirmation {
  const entries = Object.entries(Object(confirmation))
  const isValid = entries.every(
    ([name, value]) =>
      (name === 'x5t#S256' || name === 'jkt') && typeof value === 'string' && THUMBPRINT.test(value),
  )
  if (entries.length > 0 && isValid) return Object.freeze(Object.fromEntries(entries))
  throw new InvalidRequestError('argument_invalid', {
    detail: 'confirmation must hold x5t#S256 or jkt, each a SHA-256 thumbprint in base64url.',
  })
}

const MAX_AUDIENCES = 16
const MAX_AUDIENCE_LENGTH = 2048

/**
 * Checks whom a token is for.
 * @returns `undefined` for the audience of the options
 * @throws InvalidRequestError `argument_invalid`
 */
export function validateAudience(audience: unknown): readonly string[] | undefined {
  if (audience === undefined) return undefined
  const names = Array.isArray(audience) ? audience : [audience]
  if (names.length === 0 || names.length > MAX_AUDIENCES) {
    throw new InvalidRequestError('argument_invalid', {
      detail: `audience must be a name or 1 to ${MAX_AUDIENCES} of them.`,
    })
  }
  return Object.freeze(names.map(name => validateText(name, 'audience', MAX_AUDIENCE_LENGTH)))
}

/** @throws InvalidRequestError `argument_invalid` */
export function validateAmr(amr: unknown): readonly string[] {
  if (Array.isArray(amr) && amr.length <= 16) {
    return Object.freeze(amr.map(method => validateText(method, 'amr', 64)))
  }
  throw new InvalidRequestError('argument_invalid', { detail: 'amr must be an array of at most 16 names.' })
}
