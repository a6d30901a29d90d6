import { assertStrings } from '@authcore/core/ports'

const MAX_DEPTH = 64

/**
 * Writes plain JSON as text. Members that are `undefined` are left out.
 * @throws {TypeError} on anything that JSON would lose or change: functions, dates, `NaN`, cycles, class instances
 */
export function toJsonText(value: unknown): string {
  assertJson(value, 0)
  return JSON.stringify(value)
}

function assertJson(value: unknown, depth: number): void {
  if (value === null || typeof value === 'boolean') return
  if (typeof value === 'number' && Number.isFinite(value)) return
  if (typeof value === 'string') {
    assertStrings({ text: value })
    return
  }
  if (depth === MAX_DEPTH) throw new TypeError('The value is nested too deeply to be stored.')
  if (Array.isArray(value)) {
    // by index: `every` and `forEach` pass over holes, which JSON would turn into null
    for (let index = 0; index < value.length; index += 1) assertJson(value[index], depth + 1)
    return
  }
  assertPlainObject(value)
  for (const [name, member] of Object.entries(value)) {
    assertStrings({ name })
    if (member !== undefined) assertJson(member, depth + 1)
  }
}

function assertPlainObject(value: unknown): asserts value is object {
  if (
    typeof value === 'object' &&
    value !== null &&
    !('toJSON' in value && typeof value.toJSON === 'function')
  ) {
    const prototype: unknown = Object.getPrototypeOf(value)
    // Object.prototype of any realm is the one that inherits from nothing
    if (prototype === null || Object.getPrototypeOf(prototype) === null) return
  }
  throw new TypeError('Only plain JSON data can be stored.')
}
