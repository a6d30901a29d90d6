import { StoreError } from '@authcore/core'
import { decodeKeyText } from './key-text.js'

/** The fields of a stored hash, as text. */
export type StoredFields = ReadonlyMap<string, string>

/** What is thrown instead of trusting a record that is not what a store of this package writes. */
export function damaged(what: string): StoreError {
  return new StoreError('store_record_invalid', { cause: new Error(`Damaged record in Redis: ${what}.`) })
}

/**
 * Reads a hash from the answer of a script: names and values in turn.
 * @throws {StoreError} `store_record_invalid` on anything else
 */
export function toStoredFields(reply: unknown): StoredFields {
  const items = toTexts(reply)
  const fields = new Map<string, string>()
  for (let index = 0; index < items.length; index += 2) {
    const [name, value] = [items[index], items[index + 1]]
    if (name === undefined || value === undefined) throw damaged('a field without a value')
    fields.set(name, value)
  }
  return fields
}

/** @throws {StoreError} `store_record_invalid` when the answer is not a list */
export function toList(reply: unknown): readonly unknown[] {
  if (Array.isArray(reply)) return reply
  throw damaged('a list is missing')
}

/** @throws {StoreError} `store_record_invalid` when the answer is not a list of strings */
export function toTexts(reply: unknown): readonly string[] {
  return toList(reply).map(item => {
    if (typeof item !== 'string') throw damaged('text is missing')
    return item
  })
}

/** Reads a text that stands encoded. */
export function readText(fields: StoredFields, name: string): string {
  return readOptionalText(fields, name) ?? missing(name)
}

export function readOptionalText(fields: StoredFields, name: string): string | undefined {
  const encoded = fields.get(name)
  if (encoded === undefined) return undefined
  return decodeKeyText(encoded) ?? missing(name)
}

/** Reads a finite number. */
export function readNumber(fields: StoredFields, name: string): number {
  return readOptionalNumber(fields, name) ?? missing(name)
}

export function readOptionalNumber(fields: StoredFields, name: string): number | undefined {
  const text = fields.get(name)
  return text === undefined ? undefined : parseNumber(text, name)
}

/** Reads an integer of 0 or more. */
export function readCount(fields: StoredFields, name: string): number {
  return readOptionalCount(fields, name) ?? missing(name)
}

export function readOptionalCount(fields: StoredFields, name: string): number | undefined {
  const count = readOptionalNumber(fields, name)
  if (count === undefined || (Number.isSafeInteger(count) && count >= 0)) return count
  throw damaged(name)
}

/** Reads JSON; whoever asks for it says what it must be. */
export function readJson<Value>(
  fields: StoredFields,
  name: string,
  isExpected: (value: unknown) => value is Value,
): Value {
  const text = fields.get(name)
  return text === undefined ? missing(name) : parseJson(text, name, isExpected)
}

/** @throws {StoreError} `store_record_invalid` when the text is no JSON or not of the expected shape */
export function parseJson<Value>(
  text: string,
  name: string,
  isExpected: (value: unknown) => value is Value,
): Value {
  const value = parse(text, name)
  if (!isExpected(value)) throw damaged(name)
  return deepFreeze(value)
}

/** @throws {StoreError} `store_record_invalid` unless the text is a finite decimal number */
export function parseNumber(text: string, name: string): number {
  // Number() alone takes '', ' 1 ' and '0x1'
  if (!/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/.test(text)) throw damaged(name)
  const number = Number(text)
  if (!Number.isFinite(number)) throw damaged(name)
  return number
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // the error of JSON.parse quotes the text
    throw damaged(name)
  }
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null)
    for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}

function missing(name: string): never {
  throw damaged(name)
}
