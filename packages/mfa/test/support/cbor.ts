/** What authenticators write: integers, bytes, text, lists and maps (RFC 8949 section 3), in the order given. */
export type Cbor = number | string | Uint8Array | readonly Cbor[] | ReadonlyMap<number | string, Cbor>

export function encodeCbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  if (value instanceof Map) {
    const members = [...value].flatMap(([name, member]) => [encodeCbor(name), encodeCbor(member)])
    return Buffer.concat([head(5, value.size), ...members])
  }
  const members = value as readonly Cbor[]
  return Buffer.concat([head(4, members.length), ...members.map(encodeCbor)])
}

function head(major: number, argument: number): Buffer {
  const type = major << 5
  if (argument < 24) return Buffer.of(type | argument)
  if (argument < 256) return Buffer.of(type | 24, argument)
  if (argument < 65_536) return Buffer.of(type | 25, argument >> 8, argument & 255)
  return Buffer.of(type | 26, argument >>> 24, (argument >> 16) & 255, (argument >> 8) & 255, argument & 255)
}
