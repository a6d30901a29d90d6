// PostgreSQL's text cannot hold NUL
const NEEDS_ESCAPE = /[\\\0]/g
const ESCAPE = /\\([\\0])?/g
const LONE_SURROGATE = /\p{Surrogate}/u

/** Whether a string is Unicode text; UTF-8 would make one of all the strings with half of a surrogate pair. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text)
}

/** Text as PostgreSQL can hold it: `\` becomes `\\`, NUL `\0`. Two texts never share an encoding. */
export function encodeText(text: string): string {
  return text.replace(NEEDS_ESCAPE, character => (character === '\0' ? '\\0' : '\\\\'))
}

/** @returns the text that was encoded; `undefined` for what {@link encodeText} never makes */
export function decodeText(encoded: string): string | undefined {
  let isEncoded = true
  const text = encoded.replace(ESCAPE, (_, escaped: string | undefined) => {
    if (escaped === undefined) isEncoded = false
    return escaped === '0' ? '\0' : '\\'
  })
  return isEncoded ? text : undefined
}
