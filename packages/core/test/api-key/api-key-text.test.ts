import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createApiKeyText, isApiKeyId, parseApiKeyText } from '../../src/api-key/api-key-text.js'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const format = { prefix: 'sk', environments: ['live', 'test'] }
const zeros = (length: number) => new Uint8Array(length)

/** The checksum as the peer computes it, so that a test can sign any text. */
function withChecksum(body: string): string {
  let rest = crc32(body)
  let encoded = ''
  for (let digit = 0; digit < 6; digit++) {
    encoded = ALPHABET.charAt(rest % 62) + encoded
    rest = Math.floor(rest / 62)
  }
  return body + encoded
}

describe('making the text of a key', () => {
  it('ends with the CRC-32 of zlib in base62', () => {
    for (const environment of format.environments) {
      const { text, id } = createApiKeyText('sk', environment, zeros)
      expect(text).toBe(withChecksum(`sk_${environment}_${'0'.repeat(65)}`))
      expect(id).toBe(`${environment}_${'0'.repeat(22)}`)
    }
  })

  it('throws away bytes that would make some characters more likely', () => {
    const asked: number[] = []
    const random = (length: number) => {
      asked.push(length)
      // 247 is the last byte of the fourth 62, the 8 above it have no full 62
      return asked.length % 2 === 1 ? new Uint8Array(length).fill(248) : new Uint8Array(length).fill(247)
    }
    const { text, id } = createApiKeyText('sk', 'live', random)
    expect(id).toBe(`live_${'z'.repeat(22)}`)
    expect(text).toBe(withChecksum(`sk_live_${'z'.repeat(65)}`))
    expect(asked).toEqual([22, 22, 43, 43])
  })

  it('takes no more characters than it needs from a source that gives too many', () => {
    const { text, id } = createApiKeyText('sk', 'live', () => new Uint8Array(100))
    expect(id).toBe(`live_${'0'.repeat(22)}`)
    expect(text).toBe(withChecksum(`sk_live_${'0'.repeat(65)}`))
  })
})

describe('reading the text of a key', () => {
  it('gives the id', () => {
    const { text, id } = createApiKeyText('sk', 'test', zeros)
    expect(parseApiKeyText(text, format)).toEqual({ text, id })
  })

  it.each([
    ['a character less', withChecksum(`sk_live_${'0'.repeat(64)}`)],
    ['a character more', withChecksum(`sk_live_${'0'.repeat(66)}`)],
    ['an underscore in front', withChecksum(`sk_live__${'0'.repeat(64)}`)],
    ['a line feed in the middle', withChecksum(`sk_live_${'0'.repeat(30)}\n${'0'.repeat(34)}`)],
    ['a letter of another alphabet', withChecksum(`sk_live_é${'0'.repeat(64)}`)],
    ['a space before the checksum', withChecksum(`sk_live_${'0'.repeat(64)} `)],
    ['an environment of another deployment', withChecksum(`sk_prod_${'0'.repeat(65)}`)],
    ['another prefix', withChecksum(`pk_live_${'0'.repeat(65)}`)],
  ])('refuses %s, under a right checksum', (_, text) => {
    expect(parseApiKeyText(text, format)).toBeUndefined()
  })

  it('refuses a checksum that ends with something else', () => {
    const { text } = createApiKeyText('sk', 'live', zeros)
    expect(parseApiKeyText(`${text.slice(0, -1)}_`, format)).toBeUndefined()
    expect(parseApiKeyText(`${text.slice(0, -1)}\n`, format)).toBeUndefined()
  })

  it('refuses text beyond 256 characters, whatever the deployment calls its keys', () => {
    const keyOf = (prefixLength: number) => {
      const prefix = 'a'.repeat(prefixLength)
      const { text } = createApiKeyText(prefix, 'live', zeros)
      return { length: text.length, found: parseApiKeyText(text, { prefix, environments: ['live'] }) }
    }
    expect(keyOf(179)).toMatchObject({ length: 256, found: { id: `live_${'0'.repeat(22)}` } })
    expect(keyOf(180)).toMatchObject({ length: 257, found: undefined })
  })
})

describe('the id of a key', () => {
  it.each([
    'live_0123456789ABCDEFGHIJKL',
    'a_0123456789ABCDEFGHIJKL',
    'a123456789012345_abcdefghijklmnopqrstuv',
  ])('%s is one', id => {
    expect(isApiKeyId(id)).toBe(true)
  })

  it.each([
    undefined,
    null,
    7,
    {},
    ['live_0123456789ABCDEFGHIJKL'],
    '',
    'live_',
    '_0123456789ABCDEFGHIJKL',
    '1ive_0123456789ABCDEFGHIJKL',
    'Live_0123456789ABCDEFGHIJKL',
    'a1234567890123456_0123456789ABCDEFGHIJKL',
    'live_0123456789ABCDEFGHIJK',
    'live_0123456789ABCDEFGHIJKLM',
    'live_0123456789ABCDEFGHIJ-L',
    ' live_0123456789ABCDEFGHIJKL',
    'live_0123456789ABCDEFGHIJKL\n',
    'live_0123456789ABCDEFGHIJKL:x',
    '../live_0123456789ABCDEFGHIJKL',
  ])('%j is none', id => {
    expect(isApiKeyId(id)).toBe(false)
  })
})
