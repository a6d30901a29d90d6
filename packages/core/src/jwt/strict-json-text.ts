import { InvalidRequestError } from '../errors.js'
import { hasLoneSurrogate, MAX_JSON_DEPTH } from '../jws/strict-json.js'

/**
 * Writes a plain object as JSON that strict verifiers read back unchanged. Members that are `undefined` are left
 * out; everything that JSON would change silently is refused: numbers that are not finite, lone surrogates,
 * dates and other class instances, functions, big integers, holes in arrays, more than 32 levels.
 * @throws InvalidRequestError `claims_invalid`; names the place, never quotes the value
 */
export function toStrictJsonText(value: unknown): string {
  if (!isPlainObject(value)) throw refuse('', 'must be a plain object')
  return JSON.stringify(copyObject(value, '', 1))
}

function copyValue(value: unknown, path: string, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      if (hasLoneSurrogate(value)) throw refuse(path, 'is not well-formed Unicode')
      return value
    case 'number':
      if (!Number.isFinite(value)) throw refuse(path, 'is not a finite number')
      return value
    case 'boolean':
      return value
    case 'object':
      return value === null ? null : copyStructure(value, path, depth)
    default:
      throw refuse(path, `cannot be written as JSON (${typeof value})`)
  }
}

function copyStructure(value: object, path: string, depth: number): unknown {
  if (depth > MAX_JSON_DEPTH) throw refuse('', `has more than ${MAX_JSON_DEPTH} levels`)
  // Array.from turns holes into undefined, which is refused then
  if (Array.isArray(value)) {
    return Array.from(value, (item, index) => copyValue(item, `${path}.${index}`, depth + 1))
  }
  if (isPlainObject(value)) return copyObject(value, path, depth)
  throw refuse(path, 'is neither a plain object nor an array')
}

/** A copy without a prototype: `__proto__` is a name like any other, and no `toJSON` takes part. */
function copyObject(value: object, path: string, depth: number): object {
  const copy: Record<string, unknown> = Object.create(null)
  for (const [name, member] of Object.entries(value)) {
    if (hasLoneSurrogate(name)) throw refuse(path, 'has a name that is not well-formed Unicode')
    if (member !== undefined)
      copy[name] = copyValue(member, path === '' ? name : `${path}.${name}`, depth + 1)
  }
  return copy
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // objects of another realm have their own Object.prototype, which has no prototype in turn
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function refuse(path: string, message: string): InvalidRequestError {
  return new InvalidRequestError('claims_invalid', {
    detail: `The payload${path === '' ? '' : ` at ${path}`} ${message}.`,
  })
}
