import { describe, expect, it } from 'vitest'
import { hasLoneSurrogate, parseStrictJsonObject } from '../../src/jws/strict-json.js'

const parse = (text: string) => parseStrictJsonObject(new TextEncoder().encode(text))

/** Each text twice: as it stands, and with an escape that leaves counting and makes the parser walk. */
const ESCAPE = '"\\u0078":0,'
const walked = (text: string) => text.replace('{', `{${ESCAPE}`)

describe('JSON that every parser reads in the same way', () => {
  it.each([
    ['32 levels', `${'{"a":'.repeat(31)}{}${'}'.repeat(31)}`],
    ['32 levels of arrays and objects', `{"a":${'['.repeat(31)}${']'.repeat(31)}}`],
    ['more than 32 brackets side by side', `{"a":[${Array(40).fill('[]').join(',')}]}`],
    ['more than 32 objects side by side', `{"a":[${Array(40).fill('{"b":1}').join(',')}]}`],
    ['white space of every kind around a colon', '{"a" \t\r\n:\n1,"b"\t:2,"c"\r:3,"d"\n:4,"e" :5}'],
    ['brackets and quotes in strings', '{"a":"]}[{","b":"\\"{[","c":"\\\\"}'],
    ['strings that begin with colons, or hold them', '{"a":":","b":":b","c":"c:"}'],
    ['equal values and names in different objects', '{"a":{"a":"a"},"b":["a","a",{"a":1}],"c":{"a":1}}'],
    ['numbers up to the limits', '{"a":1.7976931348623157e308,"b":-0,"c":1e-400}'],
    ['null, true and false', '{"a":null,"b":true,"c":false}'],
    ['a pair of surrogates', '{"a":"\\ud83d\\ude00","b":"😀"}'],
  ])('holds %s', (_, text) => {
    expect(parse(text)).toEqual(JSON.parse(text))
    expect(parse(walked(text))).toEqual({ x: 0, ...JSON.parse(text) })
  })

  it.each([
    ['33 levels', `${'{"a":'.repeat(32)}{}${'}'.repeat(32)}`],
    ['33 levels of arrays', `{"a":${'['.repeat(32)}${']'.repeat(32)}}`],
    ['a name twice', '{"a":1,"a":2}'],
    ['a name twice with space before the second colon', '{"a":1,"a" :2}'],
    ['a name twice with a tab before the second colon', '{"a":1,"a"\t:2}'],
    ['a name twice with line ends before the second colon', '{"a":1,"a"\r\n:2}'],
    ['a name twice, once as an escape', '{"a":1,"\\u0061":2}'],
    ['a name twice in an inner object', '{"b":[0,{"a":1,"c":{"a":1},"a":2}]}'],
    ['a name twice, and a string that makes up for it', '{"a":1,"a":2,"b":":"}'],
    ['a number out of range', '{"a":1e400}'],
    ['a number out of range below zero, further down', '{"a":[{"b":-1e400}]}'],
    ['half of a pair of surrogates', '{"a":"\\ud83d"}'],
    ['half of a pair of surrogates as a name', '{"\\ude00":1}'],
    ['more closing brackets', '{"a":1}}'],
    ['fewer closing brackets', '{"a":[1}'],
    ['a name without a colon', '{"a"}'],
    ['a string in the place of an object', '{"a":1}"b":2'],
    ['an unfinished string', '{"a":"b}'],
    ['an unfinished escape', '{"a":"b\\'],
    ['single quotes', "{'a':1}"],
  ])('holds no %s', (_, text) => {
    expect(parse(text)).toBeUndefined()
    expect(parse(walked(text))).toBeUndefined()
  })

  it.each(['', ' ', '1', '"a"', 'null', 'true', '[]', '[{}]', '"{}"'])('is an object, not %j', text => {
    expect(parse(text)).toBeUndefined()
  })

  it('is frozen at every level', () => {
    for (const text of ['{"a":{"b":[{}]}}', walked('{"a":{"b":[{}]}}')]) {
      const object = parse(text)
      const inner = Object(object)['a']
      expect([object, inner, inner.b, inner.b[0]].every(Object.isFrozen)).toBe(true)
    }
  })

  it.each([' ', '\t', '\n', '\r'])('may begin with %j, and is an object behind it', space => {
    expect(parse(`${space}{"a":1}`)).toEqual({ a: 1 })
    for (const value of ['[{}]', '"text"', '1', 'null', 'true', '']) {
      expect(parse(`${space}${value}`)).toBeUndefined()
    }
  })

  it('is UTF-8 without a byte order mark', () => {
    expect(parse('\ufeff{}')).toBeUndefined()
    expect(parseStrictJsonObject(Uint8Array.of(0x7b, 0x7d))).toEqual({})
    expect(parseStrictJsonObject(Uint8Array.of(0x7b, 0xff, 0x7d))).toBeUndefined()
    expect(parseStrictJsonObject(Uint8Array.of(0x7b, 0, 0x7d, 0))).toBeUndefined()
    expect(parseStrictJsonObject(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d))).toBeUndefined()
  })
})

it('half of a surrogate pair is found wherever it stands', () => {
  for (const text of ['\ud800', 'a\udfff', '\ude00\ud83d', '😀\ud83d'])
    expect(hasLoneSurrogate(text)).toBe(true)
  for (const text of ['', 'a', '😀', '\ud83d\ude00']) expect(hasLoneSurrogate(text)).toBe(false)
})
