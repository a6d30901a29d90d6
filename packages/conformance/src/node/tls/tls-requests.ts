import type { AdapterRequest } from '../../adapter/adapter-request.js'
import type { TlsClientName, TlsSender } from './tls-clients.js'

/** One row of the table over TLS: a request, and who sends it. */
export interface TlsRequest extends AdapterRequest, TlsSender {}

/** What a row says beside its name: path, lines, status, code. */
type Row = readonly [path: string, lines: readonly string[], status: number, code?: string]

const BOUND = 'Authorization: Bearer {boundToken}'
const FOREIGN = 'Authorization: Bearer {foreignToken}'
const PLAIN = 'Authorization: Bearer {plainToken}'
/** The certificate of billing in the field of proxies (RFC 9440). */
const FORGED = 'Client-Cert: {certificate}'

const missing = [401, 'credentials_missing'] as const
const unknown = [401, 'client_certificate_unknown'] as const
const mismatch = [401, 'token_binding_mismatch'] as const

/** The one table of requests that every adapter has to answer alike over TLS. Names are unique. */
export const tlsRequests: readonly TlsRequest[] = Object.freeze([
  ...sentBy('billing', {
    'certificate: known': ['/tls', [], 200],
    'certificate: known, below a mount point': ['/tls-mount/v1/below', [], 200],
    'certificate: known, where nobody has to be': ['/tls-optional', [], 200],
    'certificate: known, too little scope': ['/tls-scoped', [], 403, 'insufficient_scope'],
    'certificate: known, and noise in the field of proxies': ['/tls', ['Client-Cert: x'], 200],
    'certificate: that of a proxy is not that of its client': ['/tls-proxied', [], ...missing],
    'certificate: that of a proxy, and noise in its field': [
      '/tls-proxied',
      ['Client-Cert: x'],
      400,
      'credentials_malformed',
    ],
    'token: with its certificate': ['/tls-token', [BOUND], 200],
    'token: of another certificate': ['/tls-token', [FOREIGN], ...mismatch],
    'token: bound to none': ['/tls-token', [PLAIN], 200],
    'token: with the certificate of a proxy': ['/tls-proxied-token', [BOUND], ...mismatch],
    'token and certificate: both': ['/tls-both', [PLAIN], 200],
    'token and certificate: both, bound': ['/tls-both', [BOUND], 200],
    'token and certificate: the certificate alone': ['/tls-both', [], ...missing],
    'routes: a bound token with its certificate': ['/tls-auth/sessions', [BOUND], 200],
    'routes: a bound token with its certificate, a turn later': ['/tls-delayed-auth/sessions', [BOUND], 200],
  }),
  ...sentBy('renewed', {
    'certificate: another one of the same': ['/tls', [], 200],
    'token: with another certificate': ['/tls-token', [BOUND], ...mismatch],
    'token: with another certificate and a forged field': ['/tls-token', [BOUND, FORGED], ...mismatch],
    'token: with another certificate, a forged field elsewhere': [
      '/tls-elsewhere-token',
      [BOUND, FORGED],
      ...mismatch,
    ],
    'routes: a bound token with another certificate': ['/tls-auth/sessions', [BOUND], ...mismatch],
    'routes: a bound token with another certificate, a turn later': [
      '/tls-delayed-auth/sessions',
      [BOUND],
      ...mismatch,
    ],
  }),
  ...sentBy('unknown', {
    'certificate: of a stranger': ['/tls', [], ...unknown],
    'certificate: of a stranger, where nobody has to be': ['/tls-optional', [], ...unknown],
    'certificate: of a stranger, and a forged field': ['/tls', [FORGED], ...unknown],
    'certificate: of a stranger, a forged field elsewhere': ['/tls-elsewhere', [FORGED], ...unknown],
    'certificate: by a proxy': ['/tls-proxied', [FORGED], 200],
    'certificate: expired, by a proxy': [
      '/tls-proxied',
      ['Client-Cert: {expiredCertificate}'],
      401,
      'client_certificate_expired',
    ],
    'token: with the certificate by a proxy': ['/tls-proxied-token', [BOUND, FORGED], 200],
    'token and certificate: a stranger with a token': ['/tls-both', [PLAIN], ...unknown],
  }),
  ...sentBy(undefined, {
    'certificate: none': ['/tls', [], ...missing],
    'certificate: none, where nobody has to be': ['/tls-optional', [], 200],
    'certificate: none, and a forged field': ['/tls', [FORGED], ...missing],
    'certificate: none, a forged field elsewhere': ['/tls-elsewhere', [FORGED], ...missing],
    'certificate: none, a forged proxy elsewhere': [
      '/tls-elsewhere',
      [FORGED, 'X-Forwarded-For: 192.0.2.1'],
      ...missing,
    ],
    'token: with no certificate': ['/tls-token', [BOUND], ...mismatch],
    'token: with no certificate and a forged field': ['/tls-token', [BOUND, FORGED], ...mismatch],
    'token: with no certificate, a forged field elsewhere': [
      '/tls-elsewhere-token',
      [BOUND, FORGED],
      ...mismatch,
    ],
    'token and certificate: the token alone': ['/tls-both', [PLAIN], ...missing],
    'routes: a bound token with no certificate': ['/tls-auth/sessions', [BOUND], ...mismatch],
    'routes: a bound token with no certificate and a forged field': [
      '/tls-auth/sessions',
      [BOUND, FORGED],
      ...mismatch,
    ],
    'HTTPS: by TLS': ['/tls-secure', [PLAIN], 200],
    'HTTPS: by TLS, nobody': ['/tls-secure', [], ...missing],
    'HTTPS: by TLS, whatever a field says': ['/tls-secure', [PLAIN, 'X-Forwarded-Proto: http'], 200],
    'HTTPS: a route': ['/tls-secure-auth/sessions', [PLAIN], 200],
  }),
  // what TLS has not authorized is no certificate: anybody can make one
  ...(['expired', 'future', 'foreign'] as const).flatMap(client =>
    sentBy(client, {
      [`certificate: ${client}`]: ['/tls', [], ...missing],
      [`certificate: ${client}, where nobody has to be`]: ['/tls-optional', [], 200],
      [`token: with a certificate that is ${client}`]: ['/tls-token', [BOUND], ...mismatch],
    }),
  ),
  // of an authority that has the name of the trusted one and another key. What OpenSSL notes of a wrong signature, HTTP/2
  // of Node takes for a fault of the connection, and ends it
  ...sentBy('impostor', {
    'certificate: impostor': ['/tls', [], ...missing],
    'certificate: impostor, where nobody has to be': ['/tls-optional', [], 200],
    'token: with a certificate of an impostor': ['/tls-token', [BOUND], ...mismatch],
  }).map(row => ({ ...row, protocols: ['http/1.1'] as const })),
  ...sentBy('foreign', {
    'token: bound to the foreign certificate it comes with': ['/tls-token', [FOREIGN], ...mismatch],
  }),
  ...resumed('billing', {
    'resumed: known': ['/tls', [], 200],
    'resumed: a token with its certificate': ['/tls-token', [BOUND], 200],
  }),
  ...resumed('renewed', { 'resumed: a token with another one': ['/tls-token', [BOUND], ...mismatch] }),
  ...resumed('foreign', { 'resumed: foreign': ['/tls', [], ...missing] }),
  // OpenSSL has nothing to say against whoever goes on with a session without a certificate: Node calls it authorized
  ...resumed(undefined, {
    'resumed: none': ['/tls', [], ...missing],
    'resumed: a token with none': ['/tls-token', [BOUND], ...mismatch],
  }),
  ...refreshes(),
  {
    name: 'connection: nobody asks for a token of somebody else after its owner has',
    client: 'billing',
    path: '/tls-token',
    before: [{ path: '/tls-token', lines: [BOUND] }],
    lines: [FOREIGN],
    status: 401,
    code: 'token_binding_mismatch',
  },
])

/** Refresh tokens of a session that is bound to a certificate. */
function refreshes(): readonly TlsRequest[] {
  const request = {
    method: 'POST',
    path: '/tls-auth/refresh',
    lines: ['Content-Type: application/json'],
    body: '{"refresh_token":"{boundRefreshToken}"}',
  } as const
  const refused = { status: 400, code: 'refresh_token_client_mismatch' } as const
  return [
    { name: 'refresh: with its certificate', ...request, client: 'billing', status: 200 },
    { name: 'refresh: with another one', ...request, client: 'renewed', ...refused },
    { name: 'refresh: with a foreign one', ...request, client: 'foreign', ...refused },
    { name: 'refresh: with none', ...request, ...refused },
    {
      name: 'refresh: with none and a forged field',
      ...request,
      lines: [...request.lines, FORGED],
      ...refused,
    },
  ]
}

function sentBy(
  client: TlsClientName | undefined,
  table: Readonly<Record<string, Row>>,
): readonly TlsRequest[] {
  return Object.entries(table).map(([name, [path, lines, status, code]]) => ({
    name,
    path,
    lines,
    status,
    ...(client !== undefined && { client }),
    ...(code !== undefined && { code }),
  }))
}

function resumed(
  client: TlsClientName | undefined,
  table: Readonly<Record<string, Row>>,
): readonly TlsRequest[] {
  return sentBy(client, table).map(row => ({ ...row, isResumed: true }))
}
