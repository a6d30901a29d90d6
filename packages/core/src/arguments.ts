import { InvalidRequestError } from './errors.js'
import { isPlainText } from './rights.js'

/**
 * Checks text that a caller passes in: 1 to `maximum` characters without control characters.
 * @throws InvalidRequestError `argument_invalid`; names the argument, never quotes it
 */
export function validateText(value: unknown, name: string, maximum = 255): string {
  if (typeof value === 'string' && value.length <= maximum && isPlainText(value)) return value
  throw new InvalidRequestError('argument_invalid', {
    detail: `${name} must be 1 to ${maximum} characters of text.`,
  })
}

/** The same for an argument that may be left out. */
export function validateOptionalText(value: unknown, name: string, maximum = 255): string | undefined {
  return value === undefined ? undefined : validateText(value, name, maximum)
}

/**
 * Checks a whole number within bounds.
 * @throws InvalidRequestError `argument_invalid`
 */
export function validateInteger(value: unknown, name: string, minimum: number, maximum: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= minimum && value <= maximum) {
    return value
  }
  throw new InvalidRequestError('argument_invalid', {
    detail: `${name} must be a whole number from ${minimum} to ${maximum}.`,
  })
}

/** The latest instant that can be stored: the last one that `Date` can show. */
export const MAX_INSTANT = 8_640_000_000_000_000

/** Checks an instant in epoch milliseconds; the limits catch seconds by mistake only in the far past. */
export function validateInstant(value: unknown, name: string): number {
  return validateInteger(value, name, 0, MAX_INSTANT)
}
