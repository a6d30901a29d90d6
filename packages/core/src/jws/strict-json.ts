import type { JsonObject, JsonValue } from '../json.js'

/** Deeper JSON is refused, in headers, payloads and key sets. */
export const MAX_JSON_DEPTH = 32

const QUOTE = 0x22
const SPACE = 0x20
const BRACE = 0x7b

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Parses UTF-8 JSON that must be an object and that every parser reads in the same way: no repeated names, no
 * lone surrogates, no byte order mark, no numbers out of range, at most 32 levels (RFC 7493, I-JSON).
 * @returns a deep-frozen object, or `undefined` for anything else
 */
export function parseStrictJsonObject(bytes: Uint8Array): JsonObject | undefined {
  // noise ends here: an error inside of the parser costs more than all checks together
  if (bytes[0] !== BRACE && !isWhiteSpace(bytes[0])) return undefined
  try {
    return parseText(decoder.decode(bytes))
  } catch {
    // invalid UTF-8 or invalid JSON
    return undefined
  }
}

/** RFC 8259 section 2: what may stand before the object. */
function isWhiteSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === 0x09 || byte === 0x0a || byte === 0x0d
}

/** Says whether text holds half of a surrogate pair, which UTF-8 cannot carry. */
export function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text)
}

function parseText(text: string): JsonObject | undefined {
  const isShallow = countCharacter(text, '{') + countCharacter(text, '[') <= MAX_JSON_DEPTH
  const names = isShallow ? countNames(text) : undefined
  // usual payloads are settled by counting, which costs a tenth of walking; all others are walked over
  if (names === undefined && !isUnambiguous(text)) return undefined
  const value: JsonValue = JSON.parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const members = freezeAndCountMembers(value)
  if (Number.isNaN(members)) return undefined
  if (names !== undefined && names !== members && !isUnambiguous(text)) return undefined
  // the checks above leave a JSON object
  return value as JsonObject
}

function countCharacter(text: string, character: string): number {
  let count = 0
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) count++
  return count
}

/**
 * Counts the names in valid JSON text: at least as many as there are, since a string that begins with a colon
 * counts too. Names that are repeated are gone after `JSON.parse`, so equal numbers prove that there were none.
 * @returns `undefined` when counting cannot tell: with escapes, or white space before a colon
 */
function countNames(text: string): number | undefined {
  if (text.includes('\\')) return undefined
  let count = 0
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) {
    const before = text.charCodeAt(at - 1)
    if (before === QUOTE) count++
    else if (before <= SPACE) return undefined
  }
  return count
}

/** Freezes a value of at most 32 levels and counts the members of its objects. NaN when a number overflowed. */
function freezeAndCountMembers(value: object): number {
  const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value)
  let count = Array.isArray(value) ? 0 : members.length
  for (const member of members) {
    if (typeof member === 'object' && member !== null) count += freezeAndCountMembers(member)
    else if (member === Number.POSITIVE_INFINITY || member === Number.NEGATIVE_INFINITY) count += Number.NaN
  }
  Object.freeze(value)
  return count
}

/**
 * Walks over JSON text without recursion: false for too many levels, repeated names and lone surrogates.
 * Grammar is left to `JSON.parse`.
 */
function isUnambiguous(text: string): boolean {
  const open: (Set<string> | undefined)[] = []
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : undefined)
      if (open.length > MAX_JSON_DEPTH) return false
    } else if (character === '}' || character === ']') {
      open.pop()
    } else if (character === '"') {
      const end = findEndOfString(text, at)
      const content: unknown = JSON.parse(text.slice(at, end))
      if (typeof content !== 'string' || hasLoneSurrogate(content)) return false
      if (isFollowedByColon(text, end) && !addName(open.at(-1), content)) return false
      at = end - 1
    }
  }
  return true
}

function findEndOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function isFollowedByColon(text: string, from: number): boolean {
  let at = from
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at++
  return text[at] === ':'
}

function addName(names: Set<string> | undefined, name: string): boolean {
  if (names === undefined || names.has(name)) return false
  names.add(name)
  return true
}
