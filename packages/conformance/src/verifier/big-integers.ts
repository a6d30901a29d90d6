/** Reads a big-endian unsigned integer. */
export function toInteger(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`)
}

/** Writes a big-endian unsigned integer; `undefined` when it does not fit. */
export function toBytes(integer: bigint, length: number): Uint8Array | undefined {
  const hex = integer.toString(16)
  return hex.length > length * 2 ? undefined : fromHex(hex.padStart(length * 2, '0'))
}

/** Bytes as hex digits. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}

/** Bytes of hex digits. */
export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], pair => Number.parseInt(pair, 16))
}

/** Bytes one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap(part => [...part]))
}
