import { isWellFormed } from '../json.js'
import type { ApiKeyRateLimit } from './api-key-store.js'

/**
 * Checks on what a command carries, for authors of stores. An object where a string belongs is how operator
 * injection starts, so commands are checked before anything is touched or sent. Messages name the field and never
 * quote the value.
 */

type Fields = Readonly<Record<string, unknown>>

/** @throws {TypeError} when a field is not a string of well-formed Unicode */
export function assertStrings(fields: Fields): void {
  assertEach(fields, 'a string of well-formed Unicode', isText)
}

/** @throws {TypeError} when a field is neither a string nor absent */
export function assertOptionalStrings(fields: Fields): void {
  assertEach(
    fields,
    'a string of well-formed Unicode or absent',
    value => value === undefined || isText(value),
  )
}

/** @throws {TypeError} when a field is not an array of strings */
export function assertStringLists(fields: Fields): void {
  assertEach(fields, 'an array of strings', value => Array.isArray(value) && value.every(isText))
}

/** @throws {TypeError} when a field is not an array */
export function assertLists(fields: Fields): void {
  assertEach(fields, 'an array', Array.isArray)
}

/** @throws {TypeError} when a field is not an object in the sense of JSON */
export function assertObjects(fields: Fields): void {
  assertEach(
    fields,
    'an object',
    value => typeof value === 'object' && value !== null && !Array.isArray(value),
  )
}

/** @throws {TypeError} when a field is not a finite number of epoch milliseconds */
export function assertInstants(fields: Fields): void {
  assertEach(fields, 'an instant in epoch milliseconds', Number.isFinite)
}

/** @throws {TypeError} when a field is neither a finite number of epoch milliseconds nor absent */
export function assertOptionalInstants(fields: Fields): void {
  assertEach(
    fields,
    'an instant in epoch milliseconds or absent',
    value => value === undefined || Number.isFinite(value),
  )
}

/** @throws {TypeError} when a field is not an integer of 0 or more */
export function assertCounts(fields: Fields): void {
  assertEach(fields, 'an integer of 0 or more', isCount)
}

/** @throws {TypeError} when a field is neither an integer of 0 or more nor absent */
export function assertOptionalCounts(fields: Fields): void {
  assertEach(fields, 'an integer of 0 or more or absent', value => value === undefined || isCount(value))
}

/** @throws {TypeError} when a field is neither the rate limit of an API key nor absent */
export function assertOptionalRateLimits(fields: Fields): void {
  assertEach(
    fields,
    'a limit and a window of positive integers or absent',
    value => value === undefined || isRateLimit(value),
  )
}

/** Says whether a value is `limit` and `windowSeconds`, both positive integers, and nothing else. */
export function isRateLimit(value: unknown): value is ApiKeyRateLimit {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const members = Object.entries(value)
  return (
    members.length === 2 &&
    members.every(([name, member]) => RATE_LIMIT_MEMBERS.has(name) && isCount(member) && member > 0)
  )
}

const RATE_LIMIT_MEMBERS: ReadonlySet<string> = new Set(['limit', 'windowSeconds'])

function isText(value: unknown): boolean {
  return typeof value === 'string' && isWellFormed(value)
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function assertEach(fields: Fields, expected: string, isExpected: (value: unknown) => boolean): void {
  // own names only: a field that somebody has put into Object.prototype is not part of the command
  for (const name of Object.keys(fields)) {
    if (!isExpected(fields[name])) throw new TypeError(`${name} must be ${expected}.`)
  }
}
