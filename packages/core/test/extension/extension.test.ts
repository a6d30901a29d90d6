import { describe, expect, it } from 'vitest'
import { createOptionReader, readRouteBody } from '../../src/extension/index.js'

describe('the reader of options', () => {
  it('gathers every problem by path', () => {
    const reader = createOptionReader({ count: 1.5, kind: 'c', flag: 'yes', inner: { left: 1 }, more: true })
    expect(reader.integer('count', 0, 5, 3)).toBe(3)
    expect(reader.integer('absent', 0, 5, 3)).toBe(3)
    expect(reader.choice('kind', ['a', 'b'], 'a')).toBe('a')
    const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
    expect(reader.value('flag', isBoolean, 'true or false')).toBeUndefined()
    expect(reader.group('inner').integer('left', 2, 9, 2)).toBe(2)
    expect(reader.group('none').read('x')).toBeUndefined()
    const problems = [
      { path: 'count', message: 'must be a whole number from 0 to 5' },
      { path: 'kind', message: 'must be one of a, b' },
      { path: 'flag', message: 'must be true or false' },
      { path: 'inner.left', message: 'must be a whole number from 2 to 9' },
      { path: 'more', message: 'is not an option' },
    ]
    expect(() => reader.finish()).toThrow(expect.objectContaining({ code: 'config_invalid', problems }))
  })

  it.each([undefined, null, 7, 'x', []])('says that %j is no object', options => {
    const reader = createOptionReader(options)
    expect(reader.choice('kind', ['a'], 'a')).toBe('a')
    expect(() => reader.finish()).toThrow('must be an object')
  })

  it('takes nothing from Object.prototype', () => {
    const prototype: Record<string, unknown> = Object.prototype as never
    prototype['count'] = 9
    try {
      expect(createOptionReader({}).integer('count', 0, 10, 3)).toBe(3)
      expect(readRouteBody({}, ['count']).optionalText('count', 10)).toBeUndefined()
    } finally {
      delete prototype['count']
    }
  })
})

describe('the body of a route', () => {
  const body = readRouteBody({ text: 'abc', flag: true, object: { a: 1 }, list: [] }, [
    'text',
    'flag',
    'object',
    'list',
    'none',
  ])

  it('yields what is there', () => {
    expect(body.text('text', 3)).toBe('abc')
    expect([body.flag('flag'), body.flag('none')]).toEqual([true, false])
    expect(body.object('object')).toEqual({ a: 1 })
    expect(body.optionalText('none', 1)).toBeUndefined()
  })

  it.each<[string, () => unknown]>([
    ['a text that is too long', () => body.text('text', 2)],
    ['a text that is missing', () => body.text('none', 2)],
    ['something else for a text', () => body.text('flag', 2)],
    ['something else for a flag', () => body.flag('text')],
    ['a list for an object', () => body.object('list')],
    ['an object that is missing', () => body.object('none')],
    ['a member that is not known', () => readRouteBody({ subject: 'x' }, ['text'])],
  ])('refuses %s', (_, read) => {
    expect(read).toThrow(expect.objectContaining({ code: 'request_body_malformed' }))
  })
})
