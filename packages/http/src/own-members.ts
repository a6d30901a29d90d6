/**
 * Copies the own members of an object to one that inherits nothing: what is left out must not come from a polluted
 * Object.prototype, where `optional` would open every route.
 */
export function ownMembers<Members extends object>(members: Members): Members {
  return Object.assign(Object.create(null), members)
}
