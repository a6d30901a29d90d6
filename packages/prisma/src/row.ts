import type { JsonObject } from '@authcore/core'
import { isPlainObject } from './json-text.js'
import { decodeText } from './text-encoding.js'

/** One row of an answer, nothing of it trusted yet. */
export type Row = Readonly<Record<string, unknown>>

/** The fields of a record where an optional one may also be `undefined`, which means absent. */
export type RecordFields<Type> = {
  readonly [Name in keyof Type]: Type extends Record<Name, Type[Name]> ? Type[Name] : Type[Name] | undefined
}

/** A record of the fields that are there, frozen. */
export function toRecord<Type extends object>(fields: RecordFields<Type>): Type {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined)
  // leaving out what is undefined makes RecordFields<Type> a Type again
  return Object.freeze(Object.fromEntries(present)) as Type
}

/** @throws {Error} when the answer is not a list of rows */
export function toRows(answer: unknown): readonly Row[] {
  if (Array.isArray(answer) && answer.every(isPlainObject)) return answer
  throw new Error('The client did not answer with rows.')
}

/** @throws {Error} when the column does not hold text as it was written */
export function readText(row: Row, column: string): string {
  const value = row[column]
  const text = typeof value === 'string' ? decodeText(value) : undefined
  return text ?? damaged(column)
}

/** @throws {Error} when the column holds anything but NULL or text as it was written */
export function readOptionalText(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : readText(row, column)
}

/** @throws {Error} when the column does not hold one of the words */
export function readWord<Word extends string>(row: Row, column: string, words: readonly Word[]): Word {
  return words.find(word => word === row[column]) ?? damaged(column)
}

/** @throws {Error} when the column does not hold a whole number that JavaScript can hold */
export function readInteger(row: Row, column: string): number {
  const value = row[column]
  const number = typeof value === 'bigint' ? Number(value) : value
  return Number.isSafeInteger(number) ? Number(number) : damaged(column)
}

/** @throws {Error} when the column holds anything but NULL or a whole number */
export function readOptionalInteger(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : readInteger(row, column)
}

/** @throws {Error} when the column does not hold a whole number of 0 or more */
export function readCount(row: Row, column: string): number {
  const value = readInteger(row, column)
  return value >= 0 ? value : damaged(column)
}

/** @throws {Error} when the column holds anything but NULL or a whole number of 0 or more */
export function readOptionalCount(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : readCount(row, column)
}

/** @throws {Error} when the column does not hold the JSON text of an array of strings */
export function readStringList(row: Row, column: string): readonly string[] {
  const value = readJson(row, column)
  return Array.isArray(value) && value.every(item => typeof item === 'string') ? value : damaged(column)
}

/** @throws {Error} when the column does not hold the JSON text of an object */
export function readJsonObject(row: Row, column: string): JsonObject {
  const value = readJson(row, column)
  return isJsonObject(value) ? value : damaged(column)
}

/** @throws {Error} when the column holds anything but NULL or the JSON text of an object */
export function readOptionalJsonObject(row: Row, column: string): JsonObject | undefined {
  return row[column] === null ? undefined : readJsonObject(row, column)
}

/** @throws {Error} when the column does not hold JSON text */
export function readJson(row: Row, column: string): unknown {
  const value = row[column]
  if (typeof value !== 'string') return damaged(column)
  try {
    return JSON.parse(value)
  } catch {
    return damaged(column)
  }
}

/** A record that was changed behind our back decides nothing: it is an error, not an absence. */
export function damaged(column: string): never {
  // the value may be a hash or a claim, so it is not quoted
  throw new Error(`A stored record is damaged: ${column} does not hold what was written.`)
}

/** What came out of `JSON.parse` as an object holds JSON only. */
function isJsonObject(value: unknown): value is JsonObject {
  return isPlainObject(value)
}
