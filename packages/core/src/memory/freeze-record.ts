import { isWellFormed } from '../json.js'

/** The fields of a record where an optional one may also be `undefined`, which means absent. */
export type RecordFields<Type> = {
  readonly [Name in keyof Type]: Type extends Record<Name, Type[Name]> ? Type[Name] : Type[Name] | undefined
}

const MAX_DEPTH = 64

/**
 * Copies plain JSON data and freezes the copy at every depth, so that neither who gave it nor who gets it back
 * can change what is stored. Fields that are `undefined` are left out.
 * @throws {TypeError} on anything that JSON would lose or change: functions, dates, `NaN`, cycles, class instances,
 *   or that is no well-formed Unicode
 */
export function freezeRecord<Type extends object>(fields: RecordFields<Type>): Type {
  assertPlain(fields)
  // the copy has the fields of the original; leaving out `undefined` makes RecordFields<Type> a Type again
  return freezeValue(fields, 0) as Type
}

function freezeValue(value: unknown, depth: number): unknown {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') return freezeText(value)
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (depth === MAX_DEPTH) throw new TypeError('The value is nested too deeply to be stored.')
  if (Array.isArray(value)) return Object.freeze(Array.from(value, item => freezeValue(item, depth + 1)))
  assertPlain(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  // fromEntries defines properties and never assigns, so a member named __proto__ stays an ordinary one
  return Object.freeze(
    Object.fromEntries(members.map(([name, member]) => [freezeText(name), freezeValue(member, depth + 1)])),
  )
}

function freezeText(text: string): string {
  if (isWellFormed(text)) return text
  throw new TypeError('Text must be well-formed Unicode.')
}

function assertPlain(value: unknown): asserts value is object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const prototype: unknown = Object.getPrototypeOf(value)
    // Object.prototype of any realm is the one that inherits from nothing
    if (prototype === null || Object.getPrototypeOf(prototype) === null) return
  }
  throw new TypeError('Only plain JSON data can be stored.')
}
