import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wireAuthCore } from '../../src/auth-core.js'
import { backend as node } from '../../src/crypto/node.js'
import { backend as web } from '../../src/crypto/web.js'
import type { AuthCore } from '../../src/index.js'
import { memoryStores } from '../../src/memory/index.js'
import { AUDIENCE, deploy, holdClock, ISSUER, OTHER_SECRET, SECRET } from '../fixtures.js'

const TEXT = /^[A-Za-z0-9_-]+$/
const INVALID = { code: 'argument_invalid' }
const content = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.uint8Array({ maxLength: 300 }))
const toBytes = (value: string | Uint8Array) =>
  typeof value === 'string' ? new TextEncoder().encode(value) : value

function wire(secrets: readonly string[], backend = node): AuthCore {
  const options = { issuer: ISSUER, audience: AUDIENCE, secrets, stores: memoryStores(), clock: holdClock() }
  return wireAuthCore(options, backend)
}

describe('a secret box', () => {
  it('opens what it sealed, and only with the same purpose and associated text', async () => {
    const { auth } = deploy()
    const box = auth.secretBox('password.reset')
    await fc.assert(
      fc.asyncProperty(content, fc.string({ unit: 'grapheme', maxLength: 40 }), async (value, associated) => {
        const sealed = await box.seal(value, associated)
        expect(sealed).toMatch(TEXT)
        expect(await box.open(sealed, associated)).toEqual(toBytes(value))
        expect(await box.open(sealed, `${associated}x`)).toBeUndefined()
        expect(await auth.secretBox('password.pending').open(sealed, associated)).toBeUndefined()
      }),
    )
  })

  it('gives text back as text, byte order mark included, and bytes that are no text not at all', async () => {
    const box = deploy().auth.secretBox('test')
    expect(await box.openText(await box.seal('\ufeffgrüße'))).toBe('\ufeffgrüße')
    expect(await box.openText(await box.seal(Uint8Array.of(0xff, 0xfe)))).toBeUndefined()
  })

  it('seals the same content differently each time', async () => {
    const box = deploy().auth.secretBox('test')
    expect(await box.seal('same')).not.toBe(await box.seal('same'))
  })

  it('opens nothing that was changed in any place', async () => {
    const box = deploy().auth.secretBox('test')
    const sealed = await box.seal('content', 'subject')
    for (const index of Array.from(sealed, (_, place) => place)) {
      const other = sealed[index] === 'A' ? 'B' : 'A'
      const changed = sealed.slice(0, index) + other + sealed.slice(index + 1)
      expect(await box.open(changed, 'subject')).toBeUndefined()
      expect(await box.open(sealed.slice(0, index), 'subject')).toBeUndefined()
    }
  })

  it('verifies what it authenticated, and nothing else', () => {
    const { auth } = deploy()
    const box = auth.secretBox('device')
    fc.assert(
      fc.property(content, content, (value, other) => {
        const mac = box.mac(value)
        expect(mac).toMatch(TEXT)
        expect(mac).toHaveLength(51)
        expect(box.verifyMac(value, mac)).toBe(true)
        expect(box.verifyMac(other, mac)).toBe(Buffer.from(toBytes(value)).equals(toBytes(other)))
        expect(auth.secretBox('devices').verifyMac(value, mac)).toBe(false)
      }),
    )
  })

  it('names content by purpose, whatever the root secret', () => {
    const before = wire([SECRET]).secretBox('account')
    const after = wire([OTHER_SECRET]).secretBox('account')
    expect(before.hash('ada')).toBe(after.hash('ada'))
    expect(before.hash('ada')).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(before.hash('ada')).not.toBe(before.hash('adb'))
    expect(before.hash('ada')).not.toBe(wire([SECRET]).secretBox('accounts').hash('ada'))
  })

  it('opens and verifies under an older root secret until that is taken off the list', async () => {
    const before = wire([SECRET]).secretBox('test')
    const sealed = await before.seal('kept')
    const mac = before.mac('kept')
    const during = wire([OTHER_SECRET, SECRET]).secretBox('test')
    const after = wire([OTHER_SECRET]).secretBox('test')
    expect(await during.openText(sealed)).toBe('kept')
    expect(during.verifyMac('kept', mac)).toBe(true)
    expect(await after.openText(await during.seal('new'))).toBe('new')
    expect(after.verifyMac('new', during.mac('new'))).toBe(true)
    expect(await after.open(sealed)).toBeUndefined()
    expect(after.verifyMac('kept', mac)).toBe(false)
  })

  it('is the same on both backends', async () => {
    const [onNode, onWeb] = [wire([SECRET], node).secretBox('test'), wire([SECRET], web).secretBox('test')]
    expect(await onWeb.openText(await onNode.seal('one', 'a'), 'a')).toBe('one')
    expect(await onNode.openText(await onWeb.seal('two', 'a'), 'a')).toBe('two')
    expect(onNode.mac('three')).toBe(onWeb.mac('three'))
    expect(onNode.hash('four')).toBe(onWeb.hash('four'))
  })

  it('refuses purposes that could be taken for another', () => {
    const { auth } = deploy()
    const purposes: readonly unknown[] = [
      '',
      'A',
      'a/b',
      'a b',
      '1a',
      'a\n',
      'ä',
      'a'.repeat(65),
      undefined,
      {},
      7,
    ]
    for (const purpose of purposes) {
      expect(() => auth.secretBox(purpose as string)).toThrowError(expect.objectContaining(INVALID))
    }
  })

  it('refuses what it cannot hold, and answers hostile values without throwing', async () => {
    const box = deploy().auth.secretBox('test')
    const hostile: readonly unknown[] = [
      undefined,
      null,
      7,
      {},
      [],
      'x'.repeat(65_537),
      '\ud800',
      new Uint8Array(65_537),
    ]
    for (const value of hostile) {
      await expect(box.seal(value as string)).rejects.toMatchObject(INVALID)
      expect(() => box.mac(value as string)).toThrowError(expect.objectContaining(INVALID))
      expect(() => box.hash(value as string)).toThrowError(expect.objectContaining(INVALID))
      expect(await box.open(value as string)).toBeUndefined()
      expect(box.verifyMac(value as string, box.mac('x'))).toBe(false)
      expect(box.verifyMac('x', value as string)).toBe(false)
    }
    for (const associated of [null, 7, 'x'.repeat(4097), '\udfff'] as unknown[]) {
      await expect(box.seal('x', associated as string)).rejects.toMatchObject(INVALID)
      expect(await box.open(await box.seal('x'), associated as string)).toBeUndefined()
    }
  })

  it('holds the most that it promises', async () => {
    const box = deploy().auth.secretBox('test')
    const most = new Uint8Array(65_536).fill(7)
    expect(await box.open(await box.seal(most))).toEqual(most)
  })

  it('shows no key to whoever looks at it', async () => {
    const { inspect } = await import('node:util')
    const box = deploy().auth.secretBox('test')
    await box.seal('x')
    expect(Object.isFrozen(box)).toBe(true)
    expect(inspect(box, { depth: 9, showHidden: true })).not.toMatch(/Uint8Array|Buffer/)
  })
})

describe('what builds on a deployment', () => {
  it('shares its clock, its random source and its events', () => {
    const { auth, clock, eventsOf } = deploy({ random: length => new Uint8Array(length).fill(9) })
    clock.advance(5)
    expect(auth.clock()).toBe(clock())
    expect(auth.random(3)).toEqual(Uint8Array.of(9, 9, 9))
    auth.emit('store.failed', { operation: 'test' })
    expect(eventsOf('store.failed')).toEqual([{ type: 'store.failed', at: clock(), operation: 'test' }])
  })
})
