import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExpiringMap } from '../../src/memory/expiring-map.js'

describe('ExpiringMap', () => {
  it('finds a value until the millisecond of its expiry, purged or not', () => {
    const map = new ExpiringMap<string>({ maxEntries: 10 })
    map.set('a', 'value', 100, 0)
    expect([map.find('a', 99), map.find('a', 100)]).toEqual(['value', undefined])
    expect(map.findStored('a')).toBe('value')
    expect(map.sweep(100, 1)).toBe(1)
    expect(map.findStored('a')).toBeUndefined()
  })

  it('shrinks while entries are added, a few at a time', () => {
    const map = new ExpiringMap<number>({ maxEntries: 1000 })
    for (let count = 0; count < 1000; count += 1) map.set(`old-${count}`, count, 100, 0)
    map.set('new-0', 0, 1000, 100)
    expect(map.size).toBeGreaterThan(990)
    for (let count = 1; count < 400; count += 1) map.set(`new-${count}`, count, 1000, 100)
    expect(map.size).toBe(400)
  })

  it('makes room for as many as asked, or throws', () => {
    const map = new ExpiringMap<number>({ maxEntries: 100 })
    for (let count = 0; count < 100; count += 1) map.set(`${count}`, count, count < 60 ? 100 : 200, 0)
    expect(() => map.makeRoom(61, 100)).toThrow(/full/)
    map.makeRoom(60, 100)
    expect(map.size).toBe(40)
  })

  it('passes over the replacement of what is not there', () => {
    const map = new ExpiringMap<number>({ maxEntries: 1 })
    map.replace('a', 1, 100)
    map.delete('a')
    expect(map.size).toBe(0)
  })

  it('tells of every value that leaves', () => {
    const left: string[] = []
    const map = new ExpiringMap<string>({ maxEntries: 10, onDelete: value => left.push(value) })
    map.set('a', 'first', 100, 0)
    map.set('a', 'second', 100, 0)
    map.replace('a', 'third', 50)
    map.set('b', 'other', Number.POSITIVE_INFINITY, 0)
    map.sweep(50, 10)
    map.delete('b')
    expect(left).toEqual(['first', 'third', 'other'])
  })

  it('does what a plain map with a full scan does', () => {
    const keys = ['__proto__', ...Array.from({ length: 30 }, (_, count) => `key-${count}`)]
    const step = fc.record({
      kind: fc.constantFrom('set', 'set', 'set', 'replace', 'replace', 'delete', 'sweep', 'pass'),
      key: fc.constantFrom(...keys),
      life: fc.oneof(fc.nat({ max: 30 }), fc.constant(Number.POSITIVE_INFINITY)),
    })
    const property = fc.property(
      fc.array(step, { maxLength: 200, size: 'max' }),
      fc.integer({ min: 1, max: 31 }),
      (steps, max) => {
        const map = new ExpiringMap<number>({ maxEntries: max })
        const plain = new Map<string, { value: number; expiresAt: number }>()
        let now = 0
        steps.forEach((current, value) => {
          for (const [name, { expiresAt }] of plain) if (now >= expiresAt) plain.delete(name)
          const expiresAt = now + current.life + 1
          const isKnown = plain.has(current.key)
          if (current.kind === 'set' && !isKnown && plain.size === max) {
            expect(() => map.set(current.key, value, expiresAt, now)).toThrow(/full/)
          } else if (current.kind === 'set') {
            map.set(current.key, value, expiresAt, now)
            plain.set(current.key, { value, expiresAt })
          } else if (current.kind === 'replace' && isKnown) {
            map.replace(current.key, value, expiresAt)
            plain.set(current.key, { value, expiresAt })
          } else if (current.kind === 'delete') {
            map.delete(current.key)
            plain.delete(current.key)
          } else if (current.kind === 'sweep') {
            map.sweep(now, 100)
            expect(map.size).toBe(plain.size)
          } else {
            now += Math.min(current.life, 20)
            for (const [name, entry] of plain) if (now >= entry.expiresAt) plain.delete(name)
          }
          for (const name of keys) {
            if (map.find(name, now) !== plain.get(name)?.value) expect.fail(`another value of ${name}`)
          }
          expect(map.size).toBeLessThanOrEqual(max)
        })
      },
    )
    fc.assert(property, { numRuns: 300 })
  })
})
