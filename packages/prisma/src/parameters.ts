import { isPlainObject, toJsonText } from './json-text.js'
import { bind, type Sql, sql } from './sql.js'
import { encodeText, isWellFormed } from './text-encoding.js'

/**
 * What a command carries, checked, encoded and bound. An object where a string belongs is how operator injection
 * starts, so every value goes through one of these before a statement is sent. Messages name the field and never
 * quote the value.
 */

// a key of a B-tree has 2704 bytes; what is longer would be an error of the database
const MAX_KEY_BYTES = 2600

/** @throws {TypeError} when the value is not a string */
export function text(value: unknown, name: string): Sql {
  return sql`${bind(encodeText(checkString(value, name)))}::text`
}

/** @throws {TypeError} when the value is neither a string nor `undefined` */
export function optionalText(value: unknown, name: string): Sql {
  if (value === undefined) return sql`NULL::text`
  if (typeof value !== 'string') throw expected(name, 'a string or absent')
  return text(value, name)
}

/**
 * The text of a key that is written, one column or several.
 * @throws {TypeError} when a value is not a string, or when all together exceed 2600 bytes in UTF-8
 */
export function checkKey(fields: Readonly<Record<string, unknown>>): void {
  let length = 0
  for (const [name, value] of Object.entries(fields)) {
    length += new TextEncoder().encode(encodeText(checkString(value, name))).length
  }
  if (length > MAX_KEY_BYTES) {
    throw new TypeError(`${Object.keys(fields).join(' and ')} must not exceed ${MAX_KEY_BYTES} bytes.`)
  }
}

/** @throws {TypeError} when the value is not an instant in epoch milliseconds; fractions are dropped */
export function toInstant(value: unknown, name: string): number {
  const instant = typeof value === 'number' ? Math.floor(value) : Number.NaN
  if (!Number.isSafeInteger(instant)) throw expected(name, 'an instant in epoch milliseconds')
  return instant
}

/** @throws {TypeError} when the value is not an instant in epoch milliseconds; fractions are dropped */
export function instant(value: unknown, name: string): Sql {
  return integer(toInstant(value, name))
}

/** @throws {TypeError} when the value is neither an instant in epoch milliseconds nor `undefined` */
export function optionalInstant(value: unknown, name: string): Sql {
  return value === undefined ? sql`NULL::bigint` : instant(value, name)
}

/** @throws {TypeError} when the value is not an integer of 0 or more */
export function toCount(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw expected(name, 'an integer of 0 or more')
}

/** @throws {TypeError} when the value is not an integer of 0 or more */
export function count(value: unknown, name: string): Sql {
  return integer(toCount(value, name))
}

/** @throws {TypeError} when the value is neither an integer of 0 or more nor `undefined` */
export function optionalCount(value: unknown, name: string): Sql {
  return value === undefined ? sql`NULL::bigint` : count(value, name)
}

/** @throws {TypeError} when the value is not an array of strings */
export function stringList(value: unknown, name: string): Sql {
  if (!Array.isArray(value)) throw expected(name, 'an array of strings')
  return json(Array.from(value, item => checkString(item, name)))
}

/** @throws {TypeError} when the value is not an object of plain JSON data */
export function jsonObject(value: unknown, name: string): Sql {
  if (!isPlainObject(value)) throw expected(name, 'an object')
  return json(value)
}

/** @throws {TypeError} when the value is neither an object of plain JSON data nor `undefined` */
export function optionalJsonObject(value: unknown, name: string): Sql {
  return value === undefined ? sql`NULL::json` : jsonObject(value, name)
}

/** Plain JSON data. */
export function json(value: unknown): Sql {
  return sql`${bind(toJsonText(value))}::text::json`
}

/** A whole number that was checked before. */
export function integer(value: number): Sql {
  return sql`${bind(BigInt(value))}::bigint`
}

/** @throws {TypeError} when the value is not a string of well-formed Unicode */
export function checkString(value: unknown, name: string): string {
  if (typeof value === 'string' && isWellFormed(value)) return value
  throw expected(name, 'a string of well-formed Unicode')
}

/** @throws {TypeError} when the value is not an object as a literal makes it */
export function checkRecord<Fields>(value: Fields, name: string): Fields {
  if (isPlainObject(value)) return value
  throw expected(name, 'a plain object')
}

/** What is wrong with a field, without its value. */
export function expected(name: string, what: string): TypeError {
  return new TypeError(`${name} must be ${what}.`)
}
