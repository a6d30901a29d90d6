import { createSecretKey } from 'node:crypto'
import type { Dice } from './dice.js'
import { signHmac, type TestKey } from './keys.js'
import { createValidToken, encode, halfLength, type Token } from './tokens.js'

/** Changes the text of a token as anybody can who has seen it; nobody signs again. */
export type TextMutation = (token: Token, dice: Dice, key: TestKey) => string

const HOSTILE = [...'Aa0-_=+/., \n\t\r\0"{}%:;~é\u200b\u2024\ufeff😀']

/** A change of one part, or of the whole text. */
export const TEXT_MUTATIONS: Readonly<Record<string, TextMutation>> = {
  'flip a bit': inPart((part, dice) => {
    const bytes = Buffer.from(part, 'base64url')
    const at = dice.roll(Math.max(1, bytes.length))
    bytes[at] = (bytes[at] ?? 0) ^ (1 << dice.roll(8))
    return encode(bytes)
  }),
  'replace a character': ({ text }, dice) => {
    const at = dice.roll(text.length)
    return text.slice(0, at) + dice.pick(HOSTILE) + text.slice(at + 1)
  },
  'insert characters': ({ text }, dice) => {
    const at = dice.roll(text.length + 1)
    return text.slice(0, at) + dice.pick(HOSTILE).repeat(1 + dice.roll(3)) + text.slice(at)
  },
  'delete characters': ({ text }, dice) => {
    const at = dice.roll(text.length)
    return text.slice(0, at) + text.slice(at + 1 + dice.roll(4))
  },
  'swap two characters': ({ text }, dice) => {
    const at = dice.roll(text.length - 1)
    return text.slice(0, at) + (text[at + 1] ?? '') + (text[at] ?? '') + text.slice(at + 2)
  },
  'change the case of a character': ({ text }, dice) => {
    const at = dice.roll(text.length)
    const character = text[at] ?? ''
    const other = character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase()
    return text.slice(0, at) + other + text.slice(at + 1)
  },
  truncate: ({ text }, dice) =>
    dice.roll(2) === 0 ? text.slice(0, dice.roll(text.length)) : text.slice(1 + dice.roll(40)),
  'truncate a part': inPart((part, dice) => part.slice(0, dice.roll(part.length))),
  'duplicate, drop or reorder parts': ({ text }, dice) => {
    const parts = text.split('.')
    const orders = [
      [0, 0, 1, 2],
      [0, 1, 1, 2],
      [0, 1, 2, 2],
      [0, 1],
      [1, 2],
      [0, 2],
      [0],
      [2],
      [1, 0, 2],
      [0, 2, 1],
      [2, 1, 0],
      [0, 0, 2],
      [1, 1, 2],
      [0, 1, 2, 0, 1, 2],
      [0, 1, 0],
      [0, 1, 1],
      [],
    ]
    return dice
      .pick(orders)
      .map(index => parts[index])
      .join('.')
  },
  'more or empty parts': ({ text }, dice) => {
    const parts = text.split('.')
    const at = dice.roll(4)
    if (dice.roll(2) === 0) parts[at] = ''
    else parts.splice(at, 0, ...Array<string>(1 + dice.roll(3)).fill(dice.pick(['', 'e30', 'AA'])))
    return parts.join('.')
  },
  'another separator': ({ text }, dice) =>
    text.replace('.', dice.pick(['..', ',', '·', '\u3002', '%2e', ' .', '.\n'])),
  'text around the token': ({ text }, dice) => {
    const around = dice.pick([' ', '\n', '\r\n', '\t', '\0', '"', "'", '\ufeff', 'Bearer ', '.', '=', ','])
    return dice.roll(2) === 0 ? around + text : text + around
  },
  'base64 with padding': inPart(part => part + '='.repeat((4 - (part.length % 4)) % 4 || 4)),
  'base64 of the other alphabet': inPart(part => Buffer.from(part, 'base64url').toString('base64')),
  'base64 with spare bits': inPart((part, dice) => withSpareBits(part, dice)),
  'base64 with white space': inPart((part, dice) => {
    const at = dice.roll(part.length + 1)
    return part.slice(0, at) + dice.pick([' ', '\n', '\r\n', '\t', '\v', '\u00a0']) + part.slice(at)
  }),
  'a part as hex or percent-encoded': inPart((part, dice) =>
    dice.roll(2) === 0
      ? Buffer.from(part, 'base64url').toString('hex')
      : encodeURIComponent(Buffer.from(part, 'base64url').toString('latin1')),
  ),
  'a part encoded twice': inPart(part => encode(part)),
  'a part of another token': (token, dice, key) => {
    const parts = token.text.split('.')
    const at = dice.roll(3)
    parts[at] = createValidToken(key, dice).text.split('.')[at] ?? ''
    return parts.join('.')
  },
  'JSON serialization': ({ text }, dice) => {
    const [protectedHeader, payload, signature] = text.split('.')
    const flattened = { protected: protectedHeader, payload, signature }
    const general = { payload, signatures: [{ protected: protectedHeader, signature }] }
    const json = JSON.stringify(dice.roll(2) === 0 ? flattened : general)
    return dice.roll(2) === 0 ? json : encode(json)
  },
  'an encrypted token': ({ text }, dice) => {
    const header = encode(JSON.stringify({ alg: dice.pick(['dir', 'RSA-OAEP', 'none']), enc: 'A128GCM' }))
    const [, payload = '', signature = ''] = text.split('.')
    return [header, '', 'AAAAAAAAAAAAAAAA', payload, signature].join('.')
  },
  'no algorithm': (token, dice) => {
    const alg = dice.pick(['none', 'None', 'NONE', 'nOnE', ' none', 'none ', 'null', '', 'None\u0000'])
    const header = encode(
      changeMember(token.header, 'alg', dice.pick<unknown>([alg, null, undefined, 0, false])),
    )
    const [, payload = '', signature = ''] = token.text.split('.')
    return [header, payload, dice.pick(['', signature, 'AA', '.', encode('none')])].join('.')
  },
  'the public key as a secret': (token, dice, key) => {
    const [, payload = ''] = token.text.split('.')
    const alg = dice.pick(['HS256', 'HS384', 'HS512'] as const)
    const input = `${encode(changeMember(token.header, 'alg', alg))}.${payload}`
    const secrets = [...key.confusingSecrets, Buffer.from('secret'), Buffer.alloc(32), Buffer.alloc(0)]
    const hash = `sha${alg.slice(2) as '256' | '384' | '512'}` as const
    return `${input}.${encode(signHmac(createSecretKey(dice.pick(secrets)), hash, input))}`
  },
  'another algorithm in the header': (token, dice) => {
    const [, payload, signature] = token.text.split('.')
    const alg = dice.pick([
      'HS256',
      'HS512',
      'RS256',
      'PS256',
      'ES256',
      'ES256K',
      'EdDSA',
      'Ed25519',
      'RSA',
      'hs256',
    ])
    return [encode(changeMember(token.header, 'alg', alg)), payload, signature].join('.')
  },
  'a claim changed': (token, dice) => {
    const [header, , signature] = token.text.split('.')
    const [name, value] = dice.pick<readonly [string, unknown]>([
      ['admin', true],
      ['sub', 'root'],
      ['scope', 'admin'],
      ['exp', 9_999_999_999],
      ['aud', '*'],
    ])
    return [header, encode(changeMember(token.payload, name, value)), signature].join('.')
  },
  'a signature made up': (token, dice, { algorithm }) => {
    const { signature } = token.genuine
    const half = halfLength(algorithm) || Math.ceil(signature.length / 2)
    const madeUp = dice.pick<() => Uint8Array>([
      () => new Uint8Array(signature.length),
      () => new Uint8Array(signature.length).fill(255),
      () => new Uint8Array(signature.length).fill(1, signature.length - 1),
      () => Uint8Array.from(signature, byte => byte ^ 255),
      () => Buffer.concat([signature, Buffer.from([dice.roll(256)])]),
      () => Buffer.concat([Buffer.from([0]), signature]),
      () => signature.subarray(1),
      () => signature.subarray(0, -1),
      () => Buffer.concat([signature, signature]),
      () => Buffer.concat([signature.subarray(half), signature.subarray(0, half)]),
      () => Buffer.concat([signature.subarray(0, half), new Uint8Array(signature.length - half)]),
      () => toDer(signature.subarray(0, half), signature.subarray(half)),
      () => Uint8Array.from(signature).reverse(),
      () => Buffer.from(token.genuine.signingInput),
      () => new Uint8Array(),
    ])
    return `${token.genuine.signingInput}.${encode(madeUp())}`
  },
}

function inPart(change: (part: string, dice: Dice) => string): TextMutation {
  return ({ text }, dice) => {
    const parts = text.split('.')
    const at = dice.roll(3)
    parts[at] = change(parts[at] ?? '', dice)
    return parts.join('.')
  }
}

/** Sets bits that no byte of the text uses: another text for the same bytes. */
function withSpareBits(part: string, dice: Dice): string {
  const spare = part.length % 4 === 2 ? 4 : part.length % 4 === 3 ? 2 : 0
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const last = alphabet.indexOf(part.at(-1) ?? '')
  // without spare bits a character too many does the same: its six bits make no byte
  if (spare === 0) return part + dice.pick([...alphabet])
  return part.slice(0, -1) + (alphabet[last | (1 + dice.roll(2 ** spare - 1))] ?? '')
}

/** Sets one member of JSON text; `undefined` takes it away. */
export function changeMember(json: string, name: string, value: unknown): string {
  const members: unknown = JSON.parse(json)
  return JSON.stringify({ ...(members as object), [name]: value })
}

function toDer(r: Uint8Array, s: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array) => Buffer.concat([Buffer.from([2, bytes.length + 1, 0]), bytes])
  const content = Buffer.concat([integer(r), integer(s)])
  const length = content.length < 128 ? [content.length] : [0x81, content.length & 255]
  return Buffer.concat([Buffer.from([0x30, ...length]), content])
}
