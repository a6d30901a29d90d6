// PostgreSQL's text cannot hold NUL, and some drivers drop a byte order mark at the start of what they read
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ['\0', '\\0'],
  ['\ufeff', '\\f'],
])
const UNESCAPES: ReadonlyMap<string, string> = new Map(
  Array.from(ESCAPES, ([character, sequence]) => [sequence, character]),
)
const NEEDS_ESCAPE = /[\\\0\ufeff]/g
const ESCAPE = /\\.?/gs
const LONE_SURROGATE = /\p{Surrogate}/u

/** Whether a string is Unicode text; UTF-8 would make one of all the strings with half of a surrogate pair. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text)
}

/** Text as every driver brings it back: `\` becomes `\\`, NUL `\0`, U+FEFF `\f`. Two texts never share an encoding. */
export function encodeText(text: string): string {
  return text.replace(NEEDS_ESCAPE, character => ESCAPES.get(character) ?? character)
}

/** @returns the text that was encoded; `undefined` for what {@link encodeText} never makes */
export function decodeText(encoded: string): string | undefined {
  if (encoded.match(ESCAPE)?.every(sequence => UNESCAPES.has(sequence)) === false) return undefined
  return encoded.replace(ESCAPE, sequence => UNESCAPES.get(sequence) ?? sequence)
}
