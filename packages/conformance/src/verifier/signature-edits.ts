import type { Algorithm } from '@authcore/core/jwt'
import { concat, fromHex, toBytes, toHex, toInteger } from './big-integers.js'
import { der, derInteger } from './public-key-texts.js'
import type { ScalarEdit, SignatureEdit } from './token-recipe.js'

/** What an edit has to know about the key. */
export interface SignatureFrame {
  readonly algorithm: Algorithm
  /** Of an RSA key. */
  readonly modulus?: bigint
}

/** FIPS 186-4 appendix D.1.2. */
const ORDERS: Readonly<Record<string, bigint>> = {
  ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  ES384: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  ES512:
    0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
}

/** RFC 8032 section 5.1. */
const ED25519_ORDER: bigint = 2n ** 252n + 27742317777372353535851937790883648493n

/**
 * Changes a signature.
 * @returns `undefined` when this signature cannot be changed so, and another may
 */
export function editSignature(
  signature: Uint8Array,
  edit: SignatureEdit,
  frame: SignatureFrame,
): Uint8Array | undefined {
  if ('hex' in edit) return fromHex(edit.hex)
  if ('flipBit' in edit) return flipBit(signature, edit.flipBit)
  if ('keepBytes' in edit) return signature.slice(0, edit.keepBytes)
  if ('dropBytes' in edit) return signature.slice(0, -edit.dropBytes)
  if ('prepend' in edit) return concat(fromHex(edit.prepend), signature)
  if ('append' in edit) return concat(signature, fromHex(edit.append))
  if ('fill' in edit) return new Uint8Array(signature.length).fill(edit.fill)
  if ('order' in edit) return reorder(signature, edit.order)
  if ('form' in edit) return reform(signature, edit.form)
  if ('eddsa' in edit) return editEddsa(signature, edit.eddsa)
  if ('rsa' in edit) return editRsa(signature, edit.rsa, frame)
  return editEcdsa(signature, edit, frame)
}

function flipBit(signature: Uint8Array, where: 'first' | 'middle' | 'last'): Uint8Array {
  const last = signature.length - 1
  const at = { first: 0, middle: last >> 1, last }[where]
  const mask = where === 'first' ? 0x80 : 1
  return signature.map((byte, index) => (index === at ? byte ^ mask : byte))
}

function reorder(signature: Uint8Array, order: 'reversed' | 'halves_swapped' | 'twice'): Uint8Array {
  const [left, right] = halve(signature)
  if (order === 'reversed') return signature.slice().reverse()
  return order === 'twice' ? concat(signature, signature) : concat(right, left)
}

function reform(signature: Uint8Array, form: 'der' | 'der_zero' | 'hex_text' | 'wide_halves'): Uint8Array {
  const [r, s] = halve(signature)
  switch (form) {
    case 'der':
      return der(0x30, derInteger(toInteger(r)), derInteger(toInteger(s)))
    case 'der_zero':
      return der(0x30, derInteger(0n), derInteger(0n))
    case 'wide_halves':
      return concat(new Uint8Array(1), r, new Uint8Array(1), s)
    case 'hex_text':
      return new TextEncoder().encode(toHex(signature))
  }
}

function editEcdsa(
  signature: Uint8Array,
  { r, s }: { readonly r?: ScalarEdit; readonly s?: ScalarEdit },
  { algorithm }: SignatureFrame,
): Uint8Array | undefined {
  const [left, right] = halve(signature)
  const order = ORDERS[algorithm] ?? 0n
  const [first, second] = [editScalar(left, r, order), editScalar(right, s, order)]
  return first === undefined || second === undefined ? undefined : concat(first, second)
}

function editScalar(bytes: Uint8Array, edit: ScalarEdit | undefined, order: bigint): Uint8Array | undefined {
  if (edit === undefined) return bytes
  if (edit === 'highest') return new Uint8Array(bytes.length).fill(255)
  return toBytes({ zero: 0n, one: 1n, order, order_plus_one: order + 1n }[edit], bytes.length)
}

function editEddsa(
  signature: Uint8Array,
  edit: 's_plus_order' | 's_is_order' | 's_high_bit' | 's_zero' | 'identity',
): Uint8Array | undefined {
  // the neutral point has x = 0 and y = 1, in little-endian bytes
  const identity = Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 1 : 0))
  if (edit === 'identity') return concat(identity, new Uint8Array(32))
  const [r, s] = halve(signature)
  const scalar = toInteger(s.slice().reverse())
  const highBit = 1n << 255n
  const changed = {
    s_plus_order: scalar + ED25519_ORDER,
    s_is_order: ED25519_ORDER,
    s_high_bit: scalar | highBit,
    s_zero: 0n,
  }[edit]
  const bytes = toBytes(changed, 32)
  return bytes && concat(r, bytes.reverse())
}

function editRsa(
  signature: Uint8Array,
  edit: 'zero' | 'one' | 'modulus' | 'modulus_minus_one' | 'plus_modulus',
  { modulus = 0n }: SignatureFrame,
): Uint8Array | undefined {
  const changed = {
    zero: 0n,
    one: 1n,
    modulus,
    modulus_minus_one: modulus - 1n,
    plus_modulus: toInteger(signature) + modulus,
  }[edit]
  return toBytes(changed, signature.length)
}

function halve(signature: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const half = signature.length >> 1
  return [signature.slice(0, half), signature.slice(half)]
}
