import { isWellFormed } from './text-encoding.js'

const MAX_DEPTH = 64

/**
 * The JSON text of plain data. Members that are `undefined` are left out.
 * @throws {TypeError} on anything that JSON would lose or change: functions, dates, `NaN`, cycles, class instances; and
 *   on text that is not well-formed
 */
export function toJsonText(value: unknown): string {
  return JSON.stringify(copyJson(value, 0))
}

/** Copied before it is written, so that each member is read once and no `toJSON` is called. */
function copyJson(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return checkText(value)
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (depth === MAX_DEPTH) throw new TypeError('The value is nested too deeply to be stored.')
  if (Array.isArray(value)) return Array.from(value, item => copyJson(item, depth + 1))
  if (!isPlainObject(value)) throw new TypeError('Only plain JSON data can be stored.')
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  // fromEntries defines properties and never assigns, so a member named __proto__ stays an ordinary one
  return Object.fromEntries(members.map(([name, member]) => [checkText(name), copyJson(member, depth + 1)]))
}

function checkText(text: string): string {
  if (isWellFormed(text)) return text
  throw new TypeError('Text that is not well-formed Unicode cannot be stored.')
}

/** Whether a value is an object as a literal makes it, of any realm. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // Object.prototype of any realm is the one that inherits from nothing
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
