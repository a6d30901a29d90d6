import { InvalidRequestError } from '@authcore/core'

/** What a person types in. */
export interface LoginBody {
  /** In lower case. */
  readonly email: string
  readonly password: string
  /** What the person will see in the list of sessions. */
  readonly label?: string
}

const MAX_EMAIL_LENGTH = 254
const MIN_PASSWORD_LENGTH = 12
/** Hashing takes time by length: what is longer is nobody's password. */
const MAX_PASSWORD_LENGTH = 200
const MAX_LABEL_LENGTH = 60

const EMAIL = /^[^\s@]+@[^\s@]+$/

/**
 * Reads the body of a login.
 * @throws InvalidRequestError `request_body_malformed`
 */
export function parseLoginBody(members: Readonly<Record<string, unknown>>): LoginBody {
  const label = members.label === undefined ? undefined : readText(members, 'label', MAX_LABEL_LENGTH)
  return {
    email: readEmail(members),
    password: readText(members, 'password', MAX_PASSWORD_LENGTH),
    ...(label !== undefined && { label }),
  }
}

/**
 * Reads the body of a registration: a login with a password that is long enough.
 * @throws InvalidRequestError `request_body_malformed`
 */
export function parseRegisterBody(members: Readonly<Record<string, unknown>>): LoginBody {
  const parsed = parseLoginBody(members)
  if (parsed.password.length < MIN_PASSWORD_LENGTH) {
    throw malformed(`password must have at least ${MIN_PASSWORD_LENGTH} characters.`)
  }
  return parsed
}

function readEmail(members: Readonly<Record<string, unknown>>): string {
  const email = readText(members, 'email', MAX_EMAIL_LENGTH)
  if (!EMAIL.test(email)) throw malformed('email must be an email address.')
  return email.toLowerCase()
}

function readText(members: Readonly<Record<string, unknown>>, name: string, maxLength: number): string {
  const value = members[name]
  if (typeof value === 'string' && value.length > 0 && value.length <= maxLength) return value
  throw malformed(`${name} must be a string of 1 to ${maxLength} characters.`)
}

function malformed(detail: string): InvalidRequestError {
  return new InvalidRequestError('request_body_malformed', { detail })
}
