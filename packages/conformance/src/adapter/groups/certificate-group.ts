import { certificateThumbprint, createClientCertificateVerifier } from '@authcore/core'
import { type AuthPolicy, createHttpAuth, type HttpAuthOptions } from '@authcore/http'
import { encodeBase64 } from '../../verifier/base64.js'
import { type AdapterRequest, rows } from '../adapter-request.js'
import { type ApplicationPart, answerPrincipal } from '../application.js'
import type { AdapterCredentials } from '../credentials.js'
import { ADAPTER_CLIENT, type HeldDeployment } from '../deployments.js'
import type { TableGroup } from '../table-group.js'
import { toByteText } from '../wire.js'

/** Client certificates that a proxy has verified (RFC 9440), and tokens that are bound to them (RFC 8705). */
export const certificateGroup: TableGroup = { rows: certificateRows, build, issue }

const USER = { subject: 'user-1', scope: ['read'] } as const

/** What stands for a certificate: the kit reads these, so that it needs no ASN.1. The bytes are what is hashed. */
const CERTIFICATES = {
  billing: 'certificate of billing',
  renewed: 'certificate of billing, the next',
  unknown: 'certificate of a stranger',
  expired: 'certificate of billing, the former',
} as const

function build(deployment: HeldDeployment): ApplicationPart {
  const { auth } = deployment
  const clientCertificates = createVerifier(auth.clock)
  const withHeader = (options: HttpAuthOptions) => createHttpAuth({ ...auth, clientCertificates }, options)
  const proxies = [ADAPTER_CLIENT.ip]
  const proxied = withHeader({ trustedProxies: proxies, clientCertificateHeader: 'client-cert' })
  const envoy = withHeader({ trustedProxies: proxies, clientCertificateHeader: 'x-forwarded-client-cert' })
  const elsewhere = withHeader({ trustedProxies: ['192.0.2.1'], clientCertificateHeader: 'client-cert' })
  const plain = { mount: '', answer: answerPrincipal } as const
  const certificate: AuthPolicy = { methods: ['client_certificate'] }
  const token: AuthPolicy = { methods: ['access_token'] }
  return {
    routes: [
      { ...plain, path: '/certificate', auth: proxied, policy: certificate },
      { ...plain, path: '/certificate-scoped', auth: proxied, policy: certificate, requireScope: ['write'] },
      { ...plain, path: '/certificate-token', auth: proxied, policy: token },
      {
        ...plain,
        path: '/certificate-and-token',
        auth: proxied,
        policy: { methods: [{ allOf: ['access_token', 'client_certificate'] }] },
      },
      { ...plain, path: '/certificate-envoy', auth: envoy, policy: certificate },
      { ...plain, path: '/certificate-elsewhere', auth: elsewhere, policy: certificate },
      { ...plain, path: '/certificate-token-elsewhere', auth: elsewhere, policy: token },
    ],
  }
}

function createVerifier(clock: () => number) {
  return createClientCertificateVerifier({
    clock,
    readCertificate: der => {
      const text = toByteText(der)
      if (!text.startsWith('certificate of ')) return undefined
      const names = { issuerName: 'CN=Example', serialNumber: '01', dnsNames: [], uris: [] }
      const validUntil = text === CERTIFICATES.expired ? 1000 : Date.UTC(2040, 0, 1)
      return { ...names, subjectName: `CN=${text.slice(15)}`, validFrom: 0, validUntil }
    },
    findSubject: ({ subjectName }) =>
      subjectName.startsWith('CN=billing') ? { subject: 'billing', scope: ['invoices:read'] } : undefined,
  })
}

async function issue({ auth, advance }: HeldDeployment): Promise<AdapterCredentials> {
  advance(1000)
  const bytesOf = (text: string) => new TextEncoder().encode(text)
  const confirmation = { 'x5t#S256': certificateThumbprint(bytesOf(CERTIFICATES.billing)) }
  const bound = await auth.accessTokens.issue({ ...USER, confirmation })
  const plain = await auth.accessTokens.issue(USER)
  const headers = Object.entries(CERTIFICATES).map(([name, text]) => [name, `:${btoa(text)}:`] as const)
  const pem = `-----BEGIN CERTIFICATE-----\n${encodeBase64(bytesOf(CERTIFICATES.billing))}\n-----END CERTIFICATE-----\n`
  return {
    ...Object.fromEntries(headers),
    encodedPem: encodeURIComponent(pem),
    boundToken: bound.accessToken,
    plainToken: plain.accessToken,
  }
}

const BOUND = 'Authorization: Bearer {boundToken}'
const PLAIN = 'Authorization: Bearer {plainToken}'
const BILLING = 'Client-Cert: {billing}'

function certificateRows(): readonly AdapterRequest[] {
  const table = {
    'certificate: from the proxy': ['/certificate', [BILLING], 200],
    'certificate: the field in lower case': ['/certificate', ['client-cert: {billing}'], 200],
    'certificate: none': ['/certificate', [], 401, 'credentials_missing'],
    'certificate: unknown': ['/certificate', ['Client-Cert: {unknown}'], 401, 'client_certificate_unknown'],
    'certificate: expired': ['/certificate', ['Client-Cert: {expired}'], 401, 'client_certificate_expired'],
    'certificate: noise': ['/certificate', ['Client-Cert: x'], 400, 'credentials_malformed'],
    'certificate: empty': ['/certificate', ['Client-Cert:'], 400, 'credentials_malformed'],
    'certificate: no certificate': [
      '/certificate',
      ['Client-Cert: :AAAA:'],
      401,
      'client_certificate_malformed',
    ],
    'certificate: two fields': ['/certificate', [BILLING, BILLING], 400, 'credentials_repeated'],
    'certificate: the one of the client first': [
      '/certificate',
      ['Client-Cert: {unknown}', BILLING],
      400,
      'credentials_repeated',
    ],
    'certificate: two in one field': [
      '/certificate',
      ['Client-Cert: {billing}, {billing}'],
      400,
      'credentials_repeated',
    ],
    'certificate: from somebody else': ['/certificate-elsewhere', [BILLING], 401, 'credentials_missing'],
    'certificate: noise from somebody else': [
      '/certificate-elsewhere',
      ['Client-Cert: x'],
      401,
      'credentials_missing',
    ],
    'certificate: from somebody who says that a proxy was there': [
      '/certificate-elsewhere',
      [BILLING, 'X-Forwarded-For: 192.0.2.1'],
      401,
      'credentials_missing',
    ],
    'certificate: too little scope': ['/certificate-scoped', [BILLING], 403, 'insufficient_scope'],
    'certificate: by Envoy': [
      '/certificate-envoy',
      ['X-Forwarded-Client-Cert: By=spiffe://a;Hash=0a;Cert="{encodedPem}";URI=spiffe://b'],
      200,
    ],
    'certificate: by Envoy, without the certificate': [
      '/certificate-envoy',
      ['X-Forwarded-Client-Cert: By=spiffe://a;Hash=0a'],
      400,
      'credentials_malformed',
    ],
    'certificate: by Envoy, two fields': [
      '/certificate-envoy',
      ['X-Forwarded-Client-Cert: Cert="{encodedPem}"', 'X-Forwarded-Client-Cert: Cert="{encodedPem}"'],
      400,
      'credentials_malformed',
    ],
    'certificate: in the field of other proxies': [
      '/certificate-envoy',
      [BILLING],
      401,
      'credentials_missing',
    ],
    'bound token: with its certificate': ['/certificate-token', [BOUND, BILLING], 200],
    'bound token: with another one': [
      '/certificate-token',
      [BOUND, 'Client-Cert: {renewed}'],
      401,
      'token_binding_mismatch',
    ],
    'bound token: with none': ['/certificate-token', [BOUND], 401, 'token_binding_mismatch'],
    'bound token: with its certificate from somebody else': [
      '/certificate-token-elsewhere',
      [BOUND, BILLING],
      401,
      'token_binding_mismatch',
    ],
    'bound token: with noise': [
      '/certificate-token',
      [BOUND, 'Client-Cert: x'],
      400,
      'credentials_malformed',
    ],
    'bound token: one that is not, with a certificate': ['/certificate-token', [PLAIN, BILLING], 200],
    'certificate and token: both': ['/certificate-and-token', [PLAIN, BILLING], 200],
    'certificate and token: both, bound': ['/certificate-and-token', [BOUND, BILLING], 200],
    'certificate and token: the token alone': ['/certificate-and-token', [PLAIN], 401, 'credentials_missing'],
    'certificate and token: the certificate alone': [
      '/certificate-and-token',
      [BILLING],
      401,
      'credentials_missing',
    ],
    'certificate and token: an unknown certificate': [
      '/certificate-and-token',
      [PLAIN, 'Client-Cert: {unknown}'],
      401,
      'client_certificate_unknown',
    ],
  } as const
  return [
    ...rows(table, ([path, lines, status, code]) => ({ path, lines, status, ...(code && { code }) })),
    {
      name: 'certificate: from the proxy, HEAD',
      method: 'HEAD',
      path: '/certificate',
      lines: [BILLING],
      status: 200,
    },
    {
      name: 'certificate: nobody after somebody on the connection of a proxy',
      path: '/certificate',
      before: [{ path: '/certificate', lines: [BILLING] }],
      status: 401,
      code: 'credentials_missing',
    },
  ]
}
