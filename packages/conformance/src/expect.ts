/** A test of the kit failed. `actual` and `expected` are there for runners that show the difference. */
export class ConformanceError extends Error {
  readonly actual: unknown
  readonly expected: unknown

  constructor(message: string, actual: unknown, expected: unknown) {
    super(`${message}\n  expected: ${show(expected)}\n  actual:   ${show(actual)}`)
    this.name = 'ConformanceError'
    this.actual = actual
    this.expected = expected
  }
}

/** What can be said about a value. */
export interface Expectation {
  /** Equal at every depth; a member that is `undefined` is not the same as an absent one. */
  toEqual(expected: unknown): void
  /** Has at least the members of `expected`, at every depth; arrays must have the same length. */
  toMatch(expected: unknown): void
  toBeOneOf(expected: readonly unknown[]): void
  toBeAbsent(): void
  toBePresent(): void
  toBeAtMost(expected: number): void
}

/** Looks at a value in a test of the kit: no runner has to bring its own assertions. */
export function expect(actual: unknown): Expectation {
  const check = (holds: boolean, message: string, expected: unknown): void => {
    if (!holds) throw new ConformanceError(message, actual, expected)
  }
  return {
    toEqual: expected => check(isEqual(actual, expected), 'Not equal.', expected),
    toMatch: expected => check(isMatch(actual, expected), 'Not a match.', expected),
    toBeOneOf: expected => check(expected.includes(actual), 'Not one of the expected values.', expected),
    toBeAbsent: () => check(actual === undefined, 'Nothing was expected.', undefined),
    toBePresent: () => check(actual !== undefined && actual !== null, 'Something was expected.', 'something'),
    toBeAtMost: expected => check(typeof actual === 'number' && actual <= expected, 'Too much.', expected),
  }
}

/** Calls that must be refused as malformed: each throws or rejects with a `TypeError`. */
export async function expectRefusals(calls: readonly (() => unknown)[]): Promise<void> {
  const failures = await Promise.all(calls.map(catchFailure))
  for (const [index, failure] of failures.entries()) {
    if (isTypeError(failure?.reason)) continue
    throw new ConformanceError(
      `Call ${index + 1} of ${calls.length} must be refused.`,
      failure === undefined ? 'an answer' : failure.reason,
      'a TypeError',
    )
  }
}

/** A call that must fail, with whatever error. */
export async function expectFailure(call: () => unknown): Promise<void> {
  if ((await catchFailure(call)) === undefined) {
    throw new ConformanceError('The call must fail.', 'an answer', 'an error')
  }
}

async function catchFailure(call: () => unknown): Promise<{ readonly reason: unknown } | undefined> {
  try {
    await call()
    return undefined
  } catch (reason) {
    return { reason }
  }
}

/** By class, or by name where the error comes from another realm or process. */
function isTypeError(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof Error && error.name === 'TypeError')
}

function isEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other)) return false
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length && names.every(name => hasEqual(one, other, name, isEqual))
  )
}

function isMatch(actual: unknown, expected: unknown): boolean {
  if (!isObject(actual) || !isObject(expected)) return isEqual(actual, expected)
  if (Array.isArray(expected) && !(Array.isArray(actual) && actual.length === expected.length)) return false
  return Object.keys(expected).every(name => hasEqual(expected, actual, name, (a, b) => isMatch(b, a)))
}

function hasEqual(
  one: object,
  other: object,
  name: string,
  compare: (one: unknown, other: unknown) => boolean,
): boolean {
  return Object.hasOwn(other, name) && compare(Reflect.get(one, name), Reflect.get(other, name))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

const MAX_SHOWN_LENGTH = 2000

function show(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`
  const text =
    JSON.stringify(value, (_, member) => (typeof member === 'bigint' ? `${member}n` : member)) ??
    String(value)
  return text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}...` : text
}
