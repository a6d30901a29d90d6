/** A value that survives JSON unchanged. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject

/** A JSON object, as claims and metadata are. */
export interface JsonObject {
  readonly [name: string]: JsonValue
}

const MAX_DEPTH = 8

/**
 * Copies plain JSON, so that nobody can change it afterwards.
 * @param maximum characters of its JSON text
 * @returns a deeply frozen copy; `undefined` for anything that JSON would change (dates, class instances,
 *   `undefined`, NaN, lone surrogates), that is too long, or deeper than 8 levels
 */
export function copyJsonObject(value: unknown, maximum: number): JsonObject | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  if (!isJson(value, MAX_DEPTH)) return undefined
  const text = JSON.stringify(value)
  return text.length <= maximum ? deepFreeze(JSON.parse(text)) : undefined
}

/** Freezes a value and everything in it. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null)
    for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}

function isJson(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
      return isWellFormed(value)
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object':
      return value === null || (depth > 0 && isJsonContainer(value, depth - 1))
    default:
      return false
  }
}

function isJsonContainer(value: object, depth: number): boolean {
  if (Array.isArray(value)) return value.every(member => isJson(member, depth))
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  if ('toJSON' in value && typeof value.toJSON === 'function') return false
  return Object.entries(value).every(([name, member]) => isWellFormed(name) && isJson(member, depth))
}

/** True unless the text holds half of a surrogate pair: written as UTF-8, all such texts become one. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}
