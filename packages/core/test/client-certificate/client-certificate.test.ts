import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  AuthError,
  type AuthEvent,
  type CertificateFields,
  type ClientCertificate,
  type ClientCertificateVerifierOptions,
  certificateThumbprint,
  createClientCertificateVerifier,
  InvalidTokenError,
} from '../../src/index.js'
import { START } from '../fixtures.js'
import { makeCertificate } from './certificates.js'

const DAY = 86_400_000
const FROM = Math.floor(START / 1000) * 1000 - DAY
const UNTIL = FROM + 30 * DAY
const SPIFFE = 'spiffe://example.com/billing'

let der: Uint8Array
beforeAll(async () => {
  der = await makeCertificate({
    dnsNames: ['billing.example.com', 'b, DNS:admin.example.com'],
    uris: [SPIFFE],
    emails: ['a@example.com'],
    validFrom: FROM,
    validUntil: UNTIL,
  })
})

type Options = Partial<ClientCertificateVerifierOptions>
const createVerifier = (options: Options = {}) =>
  createClientCertificateVerifier({
    findSubject: ({ uris }) =>
      uris.includes(SPIFFE)
        ? { subject: 'billing', scope: ['invoices:read'], roles: ['service'], clientId: 'billing-client' }
        : undefined,
    clock: () => START,
    ...options,
  })
const codeOf = async (certificate: unknown, options: Options = {}, demands = {}): Promise<string> =>
  createVerifier(options)
    .verify(certificate as Uint8Array, demands)
    .then(
      () => 'accepted',
      (error: unknown) => (error instanceof AuthError ? error.code : Promise.reject(error)),
    )

describe('a client certificate', () => {
  it('becomes a principal', async () => {
    const principal = await createVerifier().verify(der, { scope: ['invoices:read'] })
    expect(principal).toEqual({
      method: 'client_certificate',
      subject: 'billing',
      scope: ['invoices:read'],
      roles: ['service'],
      clientId: 'billing-client',
      issuedAt: FROM,
      expiresAt: UNTIL,
      'x5t#S256': createHash('sha256').update(der).digest('base64url'),
      subjectName: 'O=Example,CN=billing',
      dnsNames: ['billing.example.com', 'b, DNS:admin.example.com'],
      uris: [SPIFFE],
    })
    expect(Object.isFrozen(principal)).toBe(true)
  })

  it('is shown to `findSubject` with all that is read of it', async () => {
    const seen: ClientCertificate[] = []
    const findSubject = async (certificate: ClientCertificate) => {
      seen.push(certificate)
      return { subject: 's' }
    }
    await createVerifier({ findSubject }).verify(der)
    expect(seen).toMatchObject([
      {
        der,
        thumbprint: certificateThumbprint(der),
        issuerName: 'O=Example,CN=billing',
        serialNumber: '01AB',
        validFrom: FROM,
        validUntil: UNTIL,
      },
    ])
  })

  it.each([
    ['before it begins', -DAY - 1000, 'client_certificate_not_yet_valid'],
    ['in its first second', -DAY, 'accepted'],
    ['in its last second', 29 * DAY, 'accepted'],
    ['after it ended', 29 * DAY + 1000, 'client_certificate_expired'],
  ])('%s', async (_, offset, code) => {
    expect(await codeOf(der, { clock: () => START + offset })).toBe(code)
  })

  it('of nobody is unknown', async () => {
    expect(await codeOf(der, { findSubject: () => undefined })).toBe('client_certificate_unknown')
    expect(await codeOf(der, { findSubject: async () => undefined })).toBe('client_certificate_unknown')
  })

  it('without enough scope is refused', async () => {
    expect(await codeOf(der, {}, { scope: ['invoices:write'] })).toBe('insufficient_scope')
  })

  it('is not accepted while its holder cannot be looked up', async () => {
    const down = () => Promise.reject(new Error('down'))
    expect(await codeOf(der, { findSubject: down })).toBe('store_unavailable')
    const refusal = () => Promise.reject(new InvalidTokenError('token_revoked'))
    expect(await codeOf(der, { findSubject: refusal })).toBe('token_revoked')
  })

  it.each([[{ subject: '' }], [{ subject: 's', scope: ['a b'] }], [{ subject: 's', roles: [7] }], [{}]])(
    'is not accepted for a holder such as %j',
    async found => {
      expect(await codeOf(der, { findSubject: () => found as never })).toBe('store_record_invalid')
    },
  )

  it('reports what it refuses', async () => {
    const events: AuthEvent[] = []
    await codeOf(new Uint8Array(8), { events: event => events.push(event) })
    expect(events).toMatchObject([
      { type: 'credential.refused', method: 'client_certificate', code: 'client_certificate_malformed' },
    ])
  })

  it('is read by a function of the deployment where one is given', async () => {
    const fields: CertificateFields = {
      subjectName: 'CN=x',
      issuerName: 'CN=ca',
      serialNumber: '01',
      dnsNames: [],
      uris: [SPIFFE],
      validFrom: START - 1000,
      validUntil: START + 1000,
    }
    const verifier = createVerifier({ readCertificate: () => fields })
    expect(await verifier.verify(Uint8Array.of(1))).toMatchObject({ subjectName: 'CN=x', uris: [SPIFFE] })
  })
})

describe('what is no certificate', () => {
  it.each([
    ['nothing', undefined],
    ['text', 'MIIB'],
    ['a list', [1, 2]],
    ['no bytes', new Uint8Array()],
    ['too many bytes', new Uint8Array(16_385)],
    ['zeros', new Uint8Array(300)],
    ['PEM', new TextEncoder().encode('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')],
  ])('%s', async (_, certificate) => {
    expect(await codeOf(certificate)).toBe('client_certificate_malformed')
  })

  it('a certificate as PEM, and one with bytes behind it: their thumbprint would be another', async () => {
    const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`
    expect(await codeOf(new TextEncoder().encode(pem))).toBe('client_certificate_malformed')
    expect(await codeOf(Uint8Array.from([...der, 0]))).toBe('client_certificate_malformed')
    expect(await codeOf(der.slice(0, -1))).toBe('client_certificate_malformed')
  })

  it('one with a byte changed somewhere, always with an error of the catalogue or as another certificate', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = der.map((byte, index) => (index === at ? byte ^ change : byte))
        expect(certificateThumbprint(changed)).not.toBe(certificateThumbprint(der))
        expect(await codeOf(changed)).toMatch(/^(accepted|client_certificate_\w+)$/)
      }),
      { numRuns: 500 },
    )
  })
})

it('wrong options fail while wiring', () => {
  const wire = () =>
    createClientCertificateVerifier({ findSubject: 1, clock: 2, events: 3, readCertificate: 4 } as never)
  expect(wire).toThrow(
    expect.objectContaining({
      code: 'config_invalid',
      problems: ['findSubject', 'readCertificate', 'clock', 'events'].map(path =>
        expect.objectContaining({ path }),
      ),
    }),
  )
})
