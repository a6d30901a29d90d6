import { InvalidRequestError } from './errors.js'

const MAX_RIGHTS = 64

/** True for one scope token (RFC 6749 section 3.3) of at most 128 characters. */
export function isScopeToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/.test(value)
}

/** True for a role name: 1 to 128 well-formed characters without control characters. */
export function isRole(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 128 && isPlainText(value)
}

/** True for non-empty text without control characters and lone surrogates. */
export function isPlainText(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  return /^[^\u0000-\u001f\u007f-\u009f\ud800-\udfff]+$/u.test(value)
}

/**
 * Checks the scope of something that is being issued.
 * @throws InvalidRequestError `argument_invalid`, `scope_unknown`
 */
export function validateScope(scope: unknown, known: ReadonlySet<string> | undefined): readonly string[] {
  const values = validateList(scope, isScopeToken, 'scope')
  const unknown = known && values.find(value => !known.has(value))
  if (unknown !== undefined)
    throw new InvalidRequestError('scope_unknown', {
      detail: `The scope ${unknown} is not one that this service defines.`,
    })
  return values
}

/**
 * Checks the roles of something that is being issued.
 * @throws InvalidRequestError `argument_invalid`, `role_unknown`
 */
export function validateRoles(roles: unknown, known: ReadonlySet<string> | undefined): readonly string[] {
  const values = validateList(roles, isRole, 'roles')
  if (known && values.some(value => !known.has(value))) throw new InvalidRequestError('role_unknown')
  return values
}

/** The members of `required` that `granted` lacks. */
export function findMissing(required: readonly string[], granted: readonly string[]): readonly string[] {
  return required.filter(value => !granted.includes(value))
}

function validateList(
  values: unknown,
  isMember: (value: unknown) => value is string,
  name: string,
): readonly string[] {
  if (values === undefined) return []
  if (!Array.isArray(values) || values.length > MAX_RIGHTS || !values.every(isMember)) {
    throw new InvalidRequestError('argument_invalid', {
      detail: `${name} must be an array of at most ${MAX_RIGHTS} valid names.`,
    })
  }
  return Object.freeze([...new Set(values)])
}
