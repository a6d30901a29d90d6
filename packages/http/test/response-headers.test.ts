import { describe, expect, it } from 'vitest'
import { writeHeaders } from '../src/index.js'
import { joinHeaders } from '../src/response-headers.js'

describe('fields of an answer', () => {
  it('are joined: the later one counts, and cookies stand side by side', () => {
    expect(joinHeaders({ a: '1', b: '2' }, { b: '3' })).toEqual({ a: '1', b: '3' })
    expect(joinHeaders({ 'set-cookie': 'a=1' }, {})).toEqual({ 'set-cookie': 'a=1' })
    expect(joinHeaders({}, { 'set-cookie': ['a=1'] })).toEqual({ 'set-cookie': 'a=1' })
    expect(joinHeaders({ 'set-cookie': 'a=1' }, { 'set-cookie': ['b=2', 'c=3'] })).toEqual({
      'set-cookie': ['a=1', 'b=2', 'c=3'],
    })
  })

  it('are written one by one: cookies beside those that are there', () => {
    const target = new Headers({ 'set-cookie': 'z=0', 'cache-control': 'public' })
    writeHeaders(target, { 'cache-control': 'no-store', 'set-cookie': ['a=1', 'b=2'], vary: 'Cookie' })
    expect([...target]).toEqual([
      ['cache-control', 'no-store'],
      ['set-cookie', 'z=0'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['vary', 'Cookie'],
    ])
  })
})
