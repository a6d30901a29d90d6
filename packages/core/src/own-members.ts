/**
 * Copies the own members of an object to one without a prototype. Where a name may be absent, reading it from the
 * copy cannot find what other code has put into `Object.prototype`.
 */
export function ownMembers<Value extends object>(value: Value): Value {
  return Object.assign(Object.create(null), value)
}
