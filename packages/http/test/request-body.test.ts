import { InvalidRequestError } from '@authcore/core'
import { describe, expect, it } from 'vitest'
import {
  parseRequestBody,
  readBoolean,
  readJsonObject,
  readScope,
  readText,
  readWholeNumber,
  refuseLargeContent,
  refuseUnknownMembers,
} from '../src/request-body.js'

const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const bytes = (text: string) => new TextEncoder().encode(text)

/** The value, or what the refusal says: its code, and for malformed bodies what is wrong. */
function outcomeOf(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error
    return error.code === 'request_body_malformed' ? error.message : error.code
  }
}

describe('a body', () => {
  it.each([undefined, null, '', new Uint8Array()])('that is not there has no members: %o', content => {
    expect(parseRequestBody({}, content, 9)).toEqual({})
    expect(parseRequestBody({ 'content-type': 'text/plain' }, content, 0)).toEqual({})
  })

  it.each([
    ['application/json', '{"a":"b"}'],
    ['Application/JSON; charset=utf-8', '{"a":"b"}'],
    [' application/json ;x', '{"a":"b"}'],
    ['application/x-www-form-urlencoded', 'a=b'],
    ['application/x-www-form-urlencoded;charset=utf-8', 'a=b'],
  ])('of the type %j is read as text, as bytes, and when it was parsed already', (type, text) => {
    for (const content of [text, bytes(text), { a: 'b' }]) {
      expect(parseRequestBody({ 'content-type': type }, content, 64)).toEqual({ a: 'b' })
    }
  })

  it.each([
    undefined,
    '',
    'text/plain',
    'multipart/form-data',
    'application/jsonx',
    'text/plain; application/json',
    ['application/json', 'application/json'],
  ])('of the type %j is not read', type => {
    for (const content of ['{}', bytes('{}'), {}]) {
      expect(outcomeOf(() => parseRequestBody({ 'content-type': type }, content, 64))).toBe(
        'request_media_type_unsupported',
      )
    }
  })

  it('may be as large as allowed, to the byte, and is measured before its type is looked at', () => {
    for (const content of ['{"a":1}', bytes('{"a":1}')]) {
      expect(parseRequestBody(json, content, 7)).toEqual({ a: 1 })
      expect(outcomeOf(() => parseRequestBody({}, content, 6))).toBe('request_body_too_large')
    }
    // what the framework has parsed, it has measured
    expect(parseRequestBody(json, { length: 99 }, 6)).toEqual({ length: 99 })
    expect(parseRequestBody(json, { length: 0 }, 6)).toEqual({ length: 0 })
  })

  it.each([
    [json, '{', 'The body must be a JSON object.'],
    [json, bytes('{'), 'The body must be a JSON object.'],
    [json, '[]', 'The body must be an object.'],
    [json, 'null', 'The body must be an object.'],
    [json, '7', 'The body must be an object.'],
    [json, [], 'The body must be an object.'],
    [json, 7, 'The body must be an object.'],
    [json, Uint8Array.of(0x7b, 0xff, 0x7d), 'The body must be UTF-8.'],
    [form, Uint8Array.of(0xff), 'The body must be UTF-8.'],
    [form, 'a=b&a=c', 'A form may hold each name once.'],
    [form, 'a&a', 'A form may hold each name once.'],
  ])('with %j and %o is malformed', (headers, content, message) => {
    expect(outcomeOf(() => parseRequestBody(headers, content, 64))).toBe(message)
  })
})

describe('a length that the client announces', () => {
  it.each(['65', '1e9', 'Infinity', ['1', '65'], ' 65'])('of %j is too large', length => {
    expect(outcomeOf(() => refuseLargeContent({ 'content-length': length }, 64))).toBe(
      'request_body_too_large',
    )
  })

  it.each([undefined, '64', '0', '', 'x', ['1', '64']])('of %j is not', length => {
    expect(outcomeOf(() => refuseLargeContent({ 'content-length': length }, 64))).toBeUndefined()
  })
})

describe('members', () => {
  it('may be those that exist, and no others', () => {
    expect(outcomeOf(() => refuseUnknownMembers({ a: 1 }, ['a', 'b']))).toBeUndefined()
    expect(outcomeOf(() => refuseUnknownMembers({ a: 1, c: 1 }, ['a', 'b']))).toBe(
      'The body may hold only a, b.',
    )
  })

  it('are undefined where they are left out', () => {
    for (const read of [readWholeNumber, readBoolean, readJsonObject]) expect(read({}, 'a')).toBeUndefined()
    expect(readText({}, 'a', 3)).toBeUndefined()
    expect(readScope({})).toBeUndefined()
  })

  it('are taken at their limits', () => {
    expect(readText({ a: 'x' }, 'a', 3)).toBe('x')
    expect(readText({ a: 'xyz' }, 'a', 3)).toBe('xyz')
    expect(readWholeNumber({ a: 0 }, 'a')).toBe(0)
    expect(readWholeNumber({ a: Number.MAX_SAFE_INTEGER }, 'a')).toBe(Number.MAX_SAFE_INTEGER)
    expect(readBoolean({ a: false }, 'a')).toBe(false)
    expect(readJsonObject({ a: {} }, 'a')).toEqual({})
    expect(readScope({ scope: '' })).toEqual([])
    expect(readScope({ scope: 'x'.repeat(4096) })).toEqual(['x'.repeat(4096)])
  })

  it.each([null, '', 'wxyz', 7, ['x'], {}])('that are no text: %j', value => {
    expect(outcomeOf(() => readText({ a: value }, 'a', 3))).toBe('a must be a string of 1 to 3 characters.')
  })

  it.each([null, '7', -1, 1.5, Number.NaN, 2 ** 53, [7]])('that are no whole number: %j', value => {
    expect(outcomeOf(() => readWholeNumber({ a: value }, 'a'))).toBe('a must be a whole number, 0 or more.')
  })

  it.each([null, 'true', 0, []])('that are neither true nor false: %j', value => {
    expect(outcomeOf(() => readBoolean({ a: value }, 'a'))).toBe('a must be true or false.')
  })

  it.each([null, 'x', 7, [], [{}]])('that are no object: %j', value => {
    expect(outcomeOf(() => readJsonObject({ a: value }, 'a'))).toBe('a must be an object.')
  })

  it.each([null, 7, ['a'], 'a  b', ' a', 'a"', 'x'.repeat(4097)])('that are no scope: %j', value => {
    expect(outcomeOf(() => readScope({ scope: value }))).toBe(
      'scope must be a string of scopes with single spaces between them.',
    )
  })
})
