import { createAccessTokenVerifier, createAuthCore } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findClientAddress } from '../src/client-address.js'
import { type AuthHeaders, createHttpAuth, type HttpAuthOptions } from '../src/index.js'
import { createFixture, ISSUER } from './fixture.js'

const { auth } = createFixture()

function addressOf(
  trustedProxies: readonly string[],
  ip: string | undefined,
  headers: AuthHeaders = {},
  isEncrypted = false,
) {
  const { http } = createHttpAuth(auth, { trustedProxies })
  return findClientAddress({ method: 'GET', url: '/', headers, isEncrypted, ...(ip && { ip }) }, http)
}

describe('the address of the client', () => {
  it('is the other end of the connection when nobody is trusted', () => {
    const headers = { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https' }
    expect(addressOf([], '198.51.100.7', headers)).toEqual({
      ip: '198.51.100.7',
      isProxied: false,
      isEncrypted: false,
    })
    expect(addressOf([], '198.51.100.7', {}, true).isEncrypted).toBe(true)
  })

  it.each([
    ['the last hop', '192.0.2.1', '192.0.2.1'],
    ['what the client wrote before it', '203.0.113.9, 192.0.2.1', '192.0.2.1'],
    ['the hop before a trusted one', '203.0.113.9, 192.0.2.1, 10.1.2.3', '192.0.2.1'],
    ['a port', '192.0.2.1:51234', '192.0.2.1'],
    ['IPv6 in brackets', '[2001:db8::1]:443', '2001:db8::1'],
    ['IPv6 in capitals', '2001:DB8:0:0::1', '2001:db8::1'],
    ['a mapped address', '::ffff:192.0.2.1', '192.0.2.1'],
    ['noise', 'unknown', '10.0.0.7'],
    ['noise before a trusted hop', 'unknown, 10.9.9.9', '10.9.9.9'],
    ['an octal address', '0300.0.2.1', '10.0.0.7'],
    ['a short address', '127.1', '10.0.0.7'],
    ['nothing', '', '10.0.0.7'],
    ['trusted hops alone', '10.1.1.1, 10.2.2.2', '10.1.1.1'],
  ])('believes a trusted proxy: %s', (_, forwarded, ip) => {
    const headers = { 'x-forwarded-for': forwarded, 'x-forwarded-proto': 'https' }
    expect(addressOf(['10.0.0.0/8'], '10.0.0.7', headers)).toEqual({ ip, isProxied: true, isEncrypted: true })
  })

  it('joins repeated fields in their order', () => {
    const headers = { 'x-forwarded-for': ['203.0.113.9', '192.0.2.1'] }
    expect(addressOf(['10.0.0.7'], '::ffff:10.0.0.7', headers).ip).toBe('192.0.2.1')
  })

  it.each([
    ['http', false],
    ['https, http', false],
    ['http, https', true],
    ['HTTPS', true],
    ['', false],
  ])('takes the scheme from the last entry: %s', (proto, isEncrypted) => {
    const headers = { 'x-forwarded-proto': proto }
    expect(addressOf(['fd00::/8'], 'fd00::1', headers).isEncrypted).toBe(isEncrypted)
  })

  it('refuses a list that is too long to be true', () => {
    const headers = { 'x-forwarded-for': '10.1.1.1,'.repeat(1000) }
    expect(() => addressOf(['10.0.0.0/8'], '10.0.0.7', headers)).toThrow(/x-forwarded-for header is too long/)
  })

  it('is not known without a connection', () => {
    expect(addressOf(['10.0.0.0/8'], undefined, { 'x-forwarded-for': '192.0.2.1' }).ip).toBeUndefined()
    expect(addressOf([], 'fe80::1%eth0').ip).toBe('fe80::1')
  })

  // covers RFC9700-4.13
  it('never believes more than the trusted proxy wrote', () => {
    fc.assert(
      fc.property(fc.string(), fc.ipV4(), (written, real) => {
        fc.pre(!real.startsWith('10.'))
        const headers = { 'x-forwarded-for': `${written.replaceAll(',', ';')}, ${real}` }
        expect(addressOf(['10.0.0.0/8'], '10.0.0.7', headers).ip).toBe(real)
      }),
    )
  })
})

describe('createHttpAuth', () => {
  it('keeps what it is given', async () => {
    const http = createHttpAuth(auth, { trustedProxies: ['10.0.0.0/8'] })
    expect(http.accessTokens).toBe(auth.accessTokens)
    expect(Object.isFrozen(http)).toBe(true)
    const verifier = createAccessTokenVerifier({ issuer: 'a', audience: 'b', jwks: { keys: [] } })
    expect(createHttpAuth({ accessTokens: verifier }, {}).accessTokens).toBe(verifier)
    const narrow = createAuthCore({
      issuer: ISSUER,
      audience: ISSUER,
      secrets: ['m0Q8dWQv1nJ3k9ZxT7uYb2LcR5sGhE6pAaFiNoXtVwU='],
      stores: memoryStores(),
      scopes: ['read'],
      roles: ['admin'],
    })
    expect(createHttpAuth(narrow, {}).apiKeys).toBe(narrow.apiKeys)
  })

  it.each<[string, unknown, RegExp]>([
    ['text', { trustedProxies: '10.0.0.0/8' }, /trustedProxies: must be an array/],
    ['too many', { trustedProxies: Array.from({ length: 65 }, () => '::1') }, /at most 64/],
    ['no address', { trustedProxies: ['::1', 'proxy.internal'] }, /trustedProxies\.1: must be an IP address/],
    ['no range', { trustedProxies: ['10.0.0.0/33'] }, /trustedProxies\.0/],
    ['a number', { trustedProxies: [1] }, /trustedProxies\.0/],
    ['a misspelt name', { trustProxy: true }, /trustProxy: is not known/],
  ])('refuses %s while wiring', (_, options, message) => {
    // as JavaScript would pass it
    expect(() => createHttpAuth(auth, options as HttpAuthOptions)).toThrow(message)
  })
})
