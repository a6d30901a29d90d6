import { InvalidRequestError } from '../errors.js'

/** The members of a body, own ones only. */
export interface RouteBody {
  /** @throws InvalidRequestError `request_body_malformed` when it is missing, no text or longer */
  text(name: string, maximum: number): string
  optionalText(name: string, maximum: number): string | undefined
  flag(name: string): boolean
  /** @throws InvalidRequestError `request_body_malformed` when it is missing or no object */
  object(name: string): Readonly<Record<string, unknown>>
}

/**
 * Reads the body of a request.
 * @param known the names of all members
 * @throws InvalidRequestError `request_body_malformed` for any other member
 */
export function readRouteBody(body: Readonly<Record<string, unknown>>, known: readonly string[]): RouteBody {
  const members = new Map<string, unknown>(Object.entries(body))
  for (const name of members.keys()) {
    if (!known.includes(name)) throw malformed(`The body may hold only ${known.join(', ')}.`)
  }
  const optionalText = (name: string, maximum: number): string | undefined => {
    const value = members.get(name)
    if (value === undefined) return undefined
    if (typeof value === 'string' && value.length > 0 && value.length <= maximum) return value
    throw malformed(`${name} must be a string of 1 to ${maximum} characters.`)
  }
  return {
    optionalText,
    text: (name, maximum) => {
      const value = optionalText(name, maximum)
      if (value === undefined) throw malformed(`${name} is required.`)
      return value
    },
    flag: name => {
      const value = members.get(name)
      if (value === undefined || typeof value === 'boolean') return value === true
      throw malformed(`${name} must be true or false.`)
    },
    object: name => {
      const value = members.get(name)
      if (isObject(value)) return value
      throw malformed(`${name} must be an object.`)
    },
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(detail: string): InvalidRequestError {
  return new InvalidRequestError('request_body_malformed', { detail })
}
