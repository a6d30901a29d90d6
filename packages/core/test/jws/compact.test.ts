import { describe, expect, it } from 'vitest'
import { decodePart, parseCompactJws } from '../../src/jws/compact.js'
import { parseJwsHeader } from '../../src/jws/header.js'

describe('splitting a token', () => {
  it('gives its parts and what was signed', () => {
    expect(parseCompactJws('a.bc.def', 8)).toEqual({
      header: 'a',
      payload: 'bc',
      signature: 'def',
      signingInput: 'a.bc',
    })
    expect(parseCompactJws('a..b', 8)).toMatchObject({ header: 'a', payload: '', signature: 'b' })
  })

  it.each([
    '',
    '.',
    '..',
    '...',
    'a',
    'ab',
    'a.',
    'a.b',
    'ab.c',
    '.b.c',
    '..c',
    'a.b.',
    'a..',
    'a.b.c.',
    'a.b..',
    'a.b.c.d',
    'a.b.c.d.e',
  ])('finds no three parts in %j', text => {
    expect(() => parseCompactJws(text, 99)).toThrow(expect.objectContaining({ code: 'token_malformed' }))
  })

  it('looks at no text that is longer than allowed', () => {
    expect(() => parseCompactJws('a.bc.def', 7)).toThrow(expect.objectContaining({ code: 'token_too_long' }))
  })

  it('reads a header only of a known algorithm', () => {
    const parse = (header: string) => parseJwsHeader(Buffer.from(header).toString('base64url'))
    expect(parse('{"alg":"ES256"}')).toEqual({ alg: 'ES256' })
    expect(() => parse('{"alg":"none"}')).toThrow(
      expect.objectContaining({ code: 'token_algorithm_not_allowed' }),
    )
  })

  it('decodes a part that is base64url, and nothing else', () => {
    expect(decodePart('_-8')).toEqual(new Uint8Array([255, 239]))
    expect(() => decodePart('+/8')).toThrow(expect.objectContaining({ code: 'token_malformed' }))
  })
})
