const ESCAPED = /[^\w.@~-]/g
const ENCODED = /^(?:%|(?:[\w.@~-]|%[0-9a-f]{4})+)$/

/**
 * Writes any text with letters, digits and `_ - . @ ~ %` alone: ordinary ids stay readable, and no id holds a brace
 * that would choose a slot, a colon that would end a part of a key, or a character that means something in a pattern.
 * Two texts never become one. The empty text becomes `%`, because Redis ignores an empty hash tag.
 */
export function encodeKeyText(text: string): string {
  if (text === '') return '%'
  return text.replace(ESCAPED, unit => `%${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The text again; `undefined` for anything that {@link encodeKeyText} did not write. */
export function decodeKeyText(encoded: string): string | undefined {
  if (!ENCODED.test(encoded)) return undefined
  if (encoded === '%') return ''
  const text = encoded.replace(/%(.{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return encodeKeyText(text) === encoded ? text : undefined
}
