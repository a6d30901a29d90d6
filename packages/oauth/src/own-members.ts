/**
 * Copies the own members of an object to one that inherits nothing: what is left out must not come from a polluted
 * `Object.prototype`.
 */
export function ownMembers<Value extends object>(value: Value): Value {
  // the type of assign names both; the first has no members
  return Object.assign(Object.create(null) as Value, value)
}
