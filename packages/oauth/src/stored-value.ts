import { type JsonObject, type JsonValue, StoreError } from '@authcore/core'

/** Reads what this package has stored. What was damaged meanwhile is an outage, never an answer. */
export interface StoredValue {
  text(name: string): string
  optionalText(name: string): string | undefined
  instant(name: string): number
  optionalInstant(name: string): number | undefined
  flag(name: string): boolean
  texts(name: string): readonly string[]
  optionalTexts(name: string): readonly string[] | undefined
  object(name: string): JsonObject
  optionalObject(name: string): JsonObject | undefined
  objects(name: string): readonly JsonObject[]
}

/**
 * Starts to read the value of a document.
 * @throws StoreError `store_record_invalid`, as every method does for a member of another type
 */
export function readStoredValue(value: JsonObject): StoredValue {
  // own members only: what stands in a polluted Object.prototype was not stored
  const members = new Map<string, JsonValue>(Object.entries(value))
  const optional =
    <Value extends JsonValue>(isValue: (member: JsonValue) => member is Value) =>
    (name: string): Value | undefined => {
      const member = members.get(name)
      if (member === undefined || isValue(member)) return member
      throw new StoreError('store_record_invalid')
    }
  const required =
    <Value extends JsonValue>(isValue: (member: JsonValue) => member is Value) =>
    (name: string): Value => {
      const member = optional(isValue)(name)
      if (member === undefined) throw new StoreError('store_record_invalid')
      return member
    }
  return {
    text: required(isText),
    optionalText: optional(isText),
    instant: required(isInstant),
    optionalInstant: optional(isInstant),
    flag: required(isFlag),
    texts: required(isTexts),
    optionalTexts: optional(isTexts),
    object: required(isObject),
    optionalObject: optional(isObject),
    objects: required(isObjects),
  }
}

function isText(value: JsonValue): value is string {
  return typeof value === 'string'
}

function isInstant(value: JsonValue): value is number {
  return typeof value === 'number'
}

function isFlag(value: JsonValue): value is boolean {
  return typeof value === 'boolean'
}

function isTexts(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.every(isText)
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isObjects(value: JsonValue): value is readonly JsonObject[] {
  return Array.isArray(value) && value.every(isObject)
}
