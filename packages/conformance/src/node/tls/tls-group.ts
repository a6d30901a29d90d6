import { certificateThumbprint, createClientCertificateVerifier } from '@authcore/core'
import { type AuthPolicy, createHttpAuth } from '@authcore/http'
import { type ApplicationPart, answerPrincipal } from '../../adapter/application.js'
import type { AdapterCredentials } from '../../adapter/credentials.js'
import { ADAPTER_CLIENT, type HeldDeployment } from '../../adapter/deployments.js'
import type { TableGroup } from '../../adapter/table-group.js'
import { encodeBase64 } from '../../verifier/base64.js'
import { BILLING, type TlsParties } from './tls-clients.js'
import { tlsRequests } from './tls-requests.js'

/** Client certificates of TLS connections, tokens that are bound to them (RFC 8705), and HTTPS without a proxy. */
export function createTlsGroup(parties: TlsParties): TableGroup {
  return { rows: () => tlsRequests, build, issue: deployment => issue(deployment, parties) }
}

const USER = { subject: 'user-1', scope: ['read'] } as const

function build({ auth }: HeldDeployment): ApplicationPart {
  const clientCertificates = createClientCertificateVerifier({
    clock: auth.clock,
    findSubject: ({ uris }) =>
      uris.includes(BILLING) ? { subject: 'billing', scope: ['invoices:read'] } : undefined,
  })
  const mutual = { ...auth, clientCertificates }
  const direct = createHttpAuth(mutual, {})
  const field = { clientCertificateHeader: 'client-cert' } as const
  const proxied = createHttpAuth(mutual, { ...field, trustedProxies: [ADAPTER_CLIENT.ip] })
  const elsewhere = createHttpAuth(mutual, { ...field, trustedProxies: ['192.0.2.1'] })
  const hsts = { maxAgeSeconds: 31_536_000 }
  const secure = createHttpAuth(mutual, { transport: { requireHttps: true, hsts } })
  const plain = { mount: '', answer: answerPrincipal } as const
  const mounted = { body: 'unread', isDelayed: false, options: { refreshCookie: false } } as const
  const certificate: AuthPolicy = { methods: ['client_certificate'] }
  const token: AuthPolicy = { methods: ['access_token'] }
  const both: AuthPolicy = { methods: [{ allOf: ['access_token', 'client_certificate'] }] }
  return {
    routes: [
      { ...plain, path: '/tls', auth: direct, policy: certificate },
      { ...plain, path: '/tls-optional', auth: direct, policy: { ...certificate, optional: true } },
      { ...plain, path: '/tls-scoped', auth: direct, policy: certificate, requireScope: ['write'] },
      { ...plain, mount: '/tls-mount/v1', path: '/below', auth: direct, policy: certificate },
      { ...plain, path: '/tls-token', auth: direct, policy: token },
      { ...plain, path: '/tls-both', auth: direct, policy: both },
      { ...plain, path: '/tls-proxied', auth: proxied, policy: certificate },
      { ...plain, path: '/tls-proxied-token', auth: proxied, policy: token },
      { ...plain, path: '/tls-elsewhere', auth: elsewhere, policy: certificate },
      { ...plain, path: '/tls-elsewhere-token', auth: elsewhere, policy: token },
      { ...plain, path: '/tls-secure', auth: secure, policy: token },
    ],
    mounts: [
      { ...mounted, path: '/tls-auth', auth: direct },
      { ...mounted, path: '/tls-delayed-auth', auth: direct, isDelayed: true },
      { ...mounted, path: '/tls-secure-auth', auth: secure },
    ],
  }
}

async function issue(
  { auth, advance }: HeldDeployment,
  { clients }: TlsParties,
): Promise<AdapterCredentials> {
  advance(1000)
  const bindTo = ({ der }: { readonly der: Uint8Array }) => ({
    confirmation: { 'x5t#S256': certificateThumbprint(der) },
  })
  const bound = await auth.sessions.start({ ...USER, ...bindTo(clients.billing) })
  const foreign = await auth.accessTokens.issue({ ...USER, ...bindTo(clients.foreign) })
  const plain = await auth.accessTokens.issue(USER)
  return {
    boundToken: bound.accessToken,
    boundRefreshToken: bound.refreshToken,
    foreignToken: foreign.accessToken,
    plainToken: plain.accessToken,
    certificate: toField(clients.billing.der),
    expiredCertificate: toField(clients.expired.der),
  }
}

/** As proxies pass a certificate on (RFC 9440 section 2.1). */
function toField(der: Uint8Array): string {
  return `:${encodeBase64(der)}:`
}
