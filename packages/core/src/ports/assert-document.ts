import { assertStringLists } from './assert-arguments.js'

const MAX_TAGS = 8
const MAX_VALUE_BYTES = 65_536

/**
 * Checks the tags of a document, for authors of stores.
 * @throws {TypeError} unless they are at most 8 strings of well-formed Unicode, none twice
 */
export function assertDocumentTags(tags: readonly string[]): void {
  assertStringLists({ tags })
  if (tags.length > MAX_TAGS) throw new TypeError(`tags must not be more than ${MAX_TAGS}.`)
  if (new Set(tags).size !== tags.length) throw new TypeError('tags must not hold one twice.')
}

/**
 * Checks the size of the value of a document, for authors of stores.
 * @param text the value as `JSON.stringify` writes it, without indentation
 * @throws {TypeError} when it is longer than 64 KiB in UTF-8
 */
export function assertDocumentText(text: string): void {
  // a character has at least one byte, so what is far too long is not encoded first
  const isShort = text.length <= MAX_VALUE_BYTES && new TextEncoder().encode(text).length <= MAX_VALUE_BYTES
  if (!isShort) throw new TypeError(`value must not exceed ${MAX_VALUE_BYTES} bytes of JSON.`)
}
