import { expect, it } from 'vitest'
import { parseReturnTo } from '../../src/sign-in/return-to.js'
import { deploy } from '../support/fixture.js'

const ORIGINS = ['https://app.example.com', 'https://admin.example.com:8443']

it.each([
  ['/', 'https://app.example.com/'],
  ['/orders?page=2#top', 'https://app.example.com/orders?page=2#top'],
  ['/..//evil.example', 'https://app.example.com//evil.example'],
  ['/%2f%2fevil.example', 'https://app.example.com/%2f%2fevil.example'],
  ['/@evil.example', 'https://app.example.com/@evil.example'],
  ['/%09/evil.example', 'https://app.example.com/%09/evil.example'],
  ['https://app.example.com', 'https://app.example.com/'],
  ['https://APP.example.com/x', 'https://app.example.com/x'],
  ['https://admin.example.com:8443/x', 'https://admin.example.com:8443/x'],
])('%s stays here', (value, expected) => {
  expect(parseReturnTo(value, ORIGINS)).toBe(expected)
})

const HOSTILE: readonly unknown[] = [
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '/\\evil.example',
  '\\/evil.example',
  '\\\\evil.example',
  '/x\\..\\..\\evil.example',
  'https:evil.example',
  'https:/evil.example',
  'https:/\\evil.example',
  'https:\\\\evil.example',
  'https:///evil.example',
  'https://evil.example',
  'http://app.example.com/',
  'https://app.example.com:444/',
  'https://admin.example.com/',
  'https://app.example.com.evil.example/',
  'https://app.example.com@evil.example/',
  'https://app.example.com:x@evil.example/',
  'https://user@app.example.com/',
  'https://user:word@app.example.com/',
  'https://evil.example#https://app.example.com/',
  'https://evil.example\\@app.example.com/',
  'https://app.example.com\\.evil.example/',
  'https://app.example.com%2eevil.example/',
  'https://app.example.com%00.evil.example/',
  'https://аpp.example.com/',
  'https://app。example.com/',
  'HTTPS://app.example.com/',
  'javascript:alert(1)',
  'java\tscript:alert(1)',
  'data:text/html,x',
  'blob:https://app.example.com/x',
  'file:///etc/passwd',
  ' //evil.example',
  ' /x',
  '\t//evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r\nset-cookie: a=b',
  '/\u0000x',
  '/\u2028x',
  '/x y',
  '/ü',
  'evil.example',
  '?x',
  '#x',
  '',
  'x'.repeat(600),
  `/${'x'.repeat(512)}`,
  'https://',
  'https://[::1',
  undefined,
  null,
  5,
  ['/'],
  { toString: () => '/' },
]

// covers RFC9700-4.11
it.each(HOSTILE)('%j does not', value => {
  expect(() => parseReturnTo(value, ORIGINS)).toThrow(expect.objectContaining({ code: 'return_to_refused' }))
})

it('is refused before anything is asked of the provider', async () => {
  const { signIn, routes, tampering } = deploy()
  tampering.with = () => {
    throw new Error('asked')
  }
  await expect(signIn.start('op', { headers: {}, returnTo: '//evil.example' })).rejects.toMatchObject({
    code: 'return_to_refused',
  })
  for (const query of ['return_to=%2F%2Fevil.example', 'return_to=/a&return_to=/b']) {
    const url = `/oauth/op/authorize?${query}`
    const call = { method: 'GET', url, path: '/oauth/op/authorize', headers: {}, readBody: async () => '' }
    expect(await routes.handle(call)).toMatchObject({ status: 400 })
  }
})
