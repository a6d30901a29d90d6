/**
 * Copies the own members of an object to one that inherits nothing. Where a name may be absent, reading it from the
 * copy cannot find what other code has put into `Object.prototype`.
 */
export function ownMembers<Value extends object>(value: Value): Value {
  // the type of assign names both; the first has no members
  return Object.assign(new Members() as Value, value)
}

// An empty prototype instead of none: engines keep objects without a prototype as hash tables, which are read slowly.
// TypeScript has no construct signatures for functions, and the prototype of a class cannot be replaced.
const Members = function Members() {} as unknown as new () => object
Members.prototype = Object.freeze(Object.create(null))
