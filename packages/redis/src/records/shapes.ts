import type { JsonObject } from '@authcore/core/ports'

/** Says whether parsed JSON is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Says whether parsed JSON is a list of strings. */
export function isStringList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string')
}

export function isOptional<Value>(
  isExpected: (value: unknown) => value is Value,
): (value: unknown) => value is Value | undefined {
  return (value): value is Value | undefined => value === undefined || isExpected(value)
}

export function isString(value: unknown): value is string {
  return typeof value === 'string'
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

/** Says whether every member of an object has its shape. */
export function hasMembers(
  value: JsonObject,
  shapes: Readonly<Record<string, (member: unknown) => boolean>>,
): boolean {
  return Object.entries(shapes).every(([name, isExpected]) =>
    isExpected(Object.hasOwn(value, name) ? value[name] : undefined),
  )
}

/** The fields of a record where an optional one may also be `undefined`, which means absent. */
export type RecordFields<Type> = {
  readonly [Name in keyof Type]: Type extends Record<Name, Type[Name]> ? Type[Name] : Type[Name] | undefined
}

/** Makes a frozen record, leaving out what is absent. */
export function toRecord<Type extends object>(fields: RecordFields<Type>): Type {
  const members = Object.entries(fields).filter(([, value]) => value !== undefined)
  // leaving out `undefined` makes RecordFields<Type> a Type again
  return Object.freeze(Object.fromEntries(members)) as Type
}

/** Writes fields as the arguments of HSET, leaving out what is absent. */
export function toArguments(
  fields: Readonly<Record<string, string | number | undefined>>,
): readonly string[] {
  return Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]))
}
