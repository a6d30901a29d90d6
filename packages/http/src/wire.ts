/** Epoch milliseconds to `NumericDate` (RFC 7519 section 2): whole seconds, as every instant on the wire. */
export function toNumericDate(instant: number): number {
  return Math.floor(instant / 1000)
}

/** The same for an instant that may be absent, as a member of a wire object. */
export function numericDateMember<Name extends string>(
  name: Name,
  instant: number | undefined,
): Partial<Record<Name, number>> {
  // the key is the type parameter; TypeScript widens computed names to string
  return instant === undefined ? {} : ({ [name]: toNumericDate(instant) } as Record<Name, number>)
}
