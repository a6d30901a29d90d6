import { InvalidRequestError } from '@authcore/core'
import { isText } from './text.js'

/**
 * Checks text that a caller passes in: 1 to `maximum` characters, no control characters, no half of a surrogate pair.
 * @throws InvalidRequestError `argument_invalid`; names the argument, never quotes it
 */
export function validateText(value: unknown, name: string, maximum: number): string {
  if (isText(value, maximum)) return value
  throw new InvalidRequestError('argument_invalid', {
    detail: `${name} must be 1 to ${maximum} characters of text.`,
  })
}
