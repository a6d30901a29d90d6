import { InvalidRequestError } from '@authcore/core'

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

/** True for 1 to `maximum` characters without control characters and halves of surrogate pairs. */
export function isText(value: unknown, maximum: number): value is string {
  return (
    typeof value === 'string' &&
    value.length <= maximum &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    /^[^\u0000-\u001f\u007f-\u009f\ud800-\udfff]+$/u.test(value)
  )
}
