import { certificateThumbprint } from '@authcore/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AuthHeaders,
  type AuthRequest,
  authenticateRequest,
  createHttpAuth,
  type HttpAuthOptions,
} from '../src/index.js'
import { bearer, codeOf, createFixture } from './fixture.js'

const { auth } = createFixture()
const DER = Uint8Array.from({ length: 300 }, (_, index) => index % 251)
const BASE64 = Buffer.from(DER).toString('base64')
const PEM = encodeURIComponent(`-----BEGIN CERTIFICATE-----\n${BASE64}\n-----END CERTIFICATE-----\n`)
const PROXY = '10.0.0.7'
const bound = await auth.accessTokens.issue({
  subject: 'user-1',
  confirmation: { 'x5t#S256': certificateThumbprint(DER) },
})

const BEHIND: Readonly<Record<'rfc9440' | 'envoy', HttpAuthOptions>> = {
  rfc9440: { trustedProxies: ['10.0.0.0/8'], clientCertificateHeader: 'client-cert' },
  envoy: { trustedProxies: ['10.0.0.0/8'], clientCertificateHeader: 'x-forwarded-client-cert' },
}

/** What a request with the bound token comes to. */
const send = (
  options: HttpAuthOptions,
  headers: AuthHeaders,
  connection: Partial<AuthRequest> = { ip: PROXY },
) =>
  codeOf(
    authenticateRequest(
      createHttpAuth(auth, options),
      {
        method: 'GET',
        url: '/reports',
        headers: { ...bearer(bound.accessToken), ...headers },
        ...connection,
      },
      { methods: ['access_token'] },
    ),
  )

describe('a token that is bound to a certificate', () => {
  it.each([
    ['its certificate', { clientCertificate: DER }, 'accepted'],
    ['no certificate', {}, 'token_binding_mismatch'],
    ['another certificate', { clientCertificate: DER.slice(1) }, 'token_binding_mismatch'],
    ['no bytes', { clientCertificate: new Uint8Array() }, 'credentials_malformed'],
    ['too many bytes', { clientCertificate: new Uint8Array(16_385) }, 'credentials_malformed'],
    ['text', { clientCertificate: 'MIIB' as unknown as Uint8Array }, 'credentials_malformed'],
  ])('comes with %s', async (_, connection, code) => {
    expect(await send({}, {}, connection)).toBe(code)
  })

  it('is not helped by a header where no proxy is trusted', async () => {
    const headers = { 'client-cert': `:${BASE64}:`, 'x-forwarded-client-cert': `Cert="${PEM}"` }
    expect(await send({}, headers)).toBe('token_binding_mismatch')
  })

  it('cannot be used by a proxy for somebody who sent no certificate', async () => {
    const connection = { ip: PROXY, clientCertificate: DER }
    expect(await send(BEHIND.rfc9440, {}, connection)).toBe('token_binding_mismatch')
    expect(await send({ trustedProxies: ['10.0.0.0/8'] }, {}, connection)).toBe('token_binding_mismatch')
  })
})

describe('Client-Cert', () => {
  const rows: readonly (readonly [string, string | readonly string[], string])[] = [
    ['the certificate', `:${BASE64}:`, 'accepted'],
    ['spaces around it', `  :${BASE64}: `, 'accepted'],
    ['another certificate', `:${Buffer.from(DER.slice(1)).toString('base64')}:`, 'token_binding_mismatch'],
    ['two fields', [`:${BASE64}:`, `:${BASE64}:`], 'credentials_repeated'],
    ['two values', `:${BASE64}:, :${BASE64}:`, 'credentials_repeated'],
    ['nothing', '', 'credentials_malformed'],
    ['an empty sequence', '::', 'credentials_malformed'],
    ['no colons', BASE64, 'credentials_malformed'],
    ['one colon', `:${BASE64}`, 'credentials_malformed'],
    ['PEM', PEM, 'credentials_malformed'],
    ['a length that base64 has not', ':AAAAA:', 'credentials_malformed'],
    ['base64url', `:${BASE64.replace('/', '_').replace('+', '-')}:`, 'credentials_malformed'],
    [
      'no padding',
      `:${Buffer.from(DER.slice(1)).toString('base64').replace(/=/g, '')}:`,
      'credentials_malformed',
    ],
    ['spare bits', ':AB==:', 'credentials_malformed'],
    ['a parameter', `:${BASE64}:;a=1`, 'credentials_malformed'],
    ['white space inside', `:${BASE64.slice(0, 8)} ${BASE64.slice(8)}:`, 'credentials_malformed'],
    ['too much', `:${'A'.repeat(22_000)}:`, 'credentials_malformed'],
    ['far too much', `:${'A'.repeat(66_000)}:`, 'credentials_malformed'],
  ]
  it.each(rows)('with %s', async (_, value, code) => {
    expect(await send(BEHIND.rfc9440, { 'client-cert': value })).toBe(code)
  })

  const strangers: readonly (readonly [string, Partial<AuthRequest>])[] = [
    ['an address that is no proxy', { ip: '192.0.2.1' }],
    ['an unknown address', {}],
    ['an address that says it is a proxy', { ip: '192.0.2.1', headers: { 'x-forwarded-for': PROXY } }],
  ]
  it.each(strangers)('is passed over from %s', async (_, { headers, ...connection }) => {
    const all = { ...headers, 'client-cert': `:${BASE64}:` }
    expect(await send(BEHIND.rfc9440, all, connection)).toBe('token_binding_mismatch')
    // malformed or not, it is not looked at
    expect(await send(BEHIND.rfc9440, { ...headers, 'client-cert': 'x' }, connection)).toBe(
      'token_binding_mismatch',
    )
    expect(await send(BEHIND.rfc9440, all, { ...connection, clientCertificate: DER })).toBe('accepted')
  })

  it('is passed over where the other header is the one that is trusted', async () => {
    expect(await send(BEHIND.envoy, { 'client-cert': `:${BASE64}:` })).toBe('token_binding_mismatch')
    expect(await send(BEHIND.rfc9440, { 'x-forwarded-client-cert': `Cert="${PEM}"` })).toBe(
      'token_binding_mismatch',
    )
  })
})

describe('X-Forwarded-Client-Cert', () => {
  const other = encodeURIComponent(
    `-----BEGIN CERTIFICATE-----\n${Buffer.from(DER.slice(1)).toString('base64')}\n-----END CERTIFICATE-----`,
  )
  const rows: readonly (readonly [string, string | readonly string[], string])[] = [
    ['the certificate', `Cert="${PEM}"`, 'accepted'],
    [
      'all that Envoy can say',
      `By=spiffe://a/b;Hash=ab12;Cert="${PEM}";Chain="x";Subject="CN=\\"a, b\\";O=c";URI=spiffe://x;DNS=a;DNS=b`,
      'accepted',
    ],
    ['a name in another case', `cert="${PEM}"`, 'accepted'],
    ['no quotes', `Cert=${PEM}`, 'accepted'],
    [
      'an element of the nearest proxy behind another',
      `Hash=1;Cert="${other}",Hash=2;Cert="${PEM}"`,
      'accepted',
    ],
    [
      'an element of another proxy behind it',
      `Hash=1;Cert="${PEM}",Hash=2;Cert="${other}"`,
      'token_binding_mismatch',
    ],
    [
      'a certificate in the value of another name',
      `Subject="Cert=\\"${PEM}\\"";Cert="${other}"`,
      'token_binding_mismatch',
    ],
    ['the last element without a certificate', `Cert="${PEM}",Hash=ab`, 'credentials_malformed'],
    ['two fields', [`Cert="${PEM}"`, `Cert="${PEM}"`], 'credentials_malformed'],
    ['two fields that a server has joined', `Cert="${PEM}", Cert="${PEM}"`, 'credentials_malformed'],
    ['two certificates in one element', `Cert="${PEM}";Cert="${PEM}"`, 'credentials_malformed'],
    ['two certificates in one text', `Cert="${PEM}${PEM}"`, 'credentials_malformed'],
    ['nothing', '', 'credentials_malformed'],
    ['a hash alone', 'Hash=ab12', 'credentials_malformed'],
    ['an open quote', `Cert="${PEM}`, 'credentials_malformed'],
    ['a separator at the end', `Cert="${PEM}";`, 'credentials_malformed'],
    ['text behind a quote', `Cert="${PEM}"x`, 'credentials_malformed'],
    ['no name', `="${PEM}"`, 'credentials_malformed'],
    ['an escape that is none', 'Cert="%zz"', 'credentials_malformed'],
    ['another PEM', `Cert="${PEM.replaceAll('CERTIFICATE', 'PUBLIC%20KEY')}"`, 'credentials_malformed'],
  ]
  it.each(rows)('with %s', async (_, value, code) => {
    expect(await send(BEHIND.envoy, { 'x-forwarded-client-cert': value })).toBe(code)
  })
})

it('whatever stands in the headers, the answer is from the catalogue', async () => {
  const piece = fc.constantFrom(
    'Cert=',
    'Hash=',
    '"',
    '\\',
    ';',
    ',',
    ':',
    '%2',
    '=',
    'AAAA',
    PEM,
    BASE64,
    ' ',
    'é',
  )
  const value = fc.oneof(
    fc.string(),
    fc.array(piece).map(pieces => pieces.join('')),
  )
  await fc.assert(
    fc.asyncProperty(value, fc.constantFrom('rfc9440' as const, 'envoy' as const), async (text, kind) => {
      const headers = { 'client-cert': text, 'x-forwarded-client-cert': text }
      expect(await send(BEHIND[kind], headers)).toMatch(/^(accepted|token_binding_mismatch|credentials_\w+)$/)
    }),
    { numRuns: 500 },
  )
})

it('wrong settings fail while wiring', () => {
  const wire = (options: object) => () => createHttpAuth(auth, options as HttpAuthOptions)
  expect(wire({ trustedProxies: ['10.0.0.0/8'], clientCertificateHeader: 'x-client-cert' })).toThrow(
    /clientCertificateHeader/,
  )
  expect(wire({ clientCertificateHeader: 'client-cert' })).toThrow(/trustedProxies/)
})
