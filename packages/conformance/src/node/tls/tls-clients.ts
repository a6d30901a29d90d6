import { createCertificateAuthority, type TlsIdentity } from './certificate-authority.js'

/** Names of client certificates. */
export type TlsClientName = 'billing' | 'renewed' | 'unknown' | 'expired' | 'future' | 'foreign' | 'impostor'

/** Who sends a row. */
export interface TlsSender {
  /** The certificate of the client; it has none unless told. */
  readonly client?: TlsClientName
  /** Another connection of the same client was there before, whose TLS session this one goes on with. */
  readonly isResumed?: boolean
}

/** Everybody who connects, and the server. */
export interface TlsParties {
  /** Of the authority that the server trusts. */
  readonly ca: string
  readonly server: TlsIdentity
  readonly clients: Readonly<Record<TlsClientName, TlsIdentity>>
}

/** The name by which the application knows a client. */
export const BILLING: string = 'spiffe://example.com/billing'

const AUTHORITY = 'Example authority'

/** Whom TLS vouches for: an authority that the server trusts has issued it, and it is good now. */
const AUTHORIZED: readonly TlsClientName[] = ['billing', 'renewed', 'unknown']

/** Makes new keys and certificates for everybody. */
export function createTlsParties(): TlsParties {
  const authority = createCertificateAuthority(AUTHORITY)
  const stranger = createCertificateAuthority('Another authority')
  // the name of an authority is nothing without its key
  const impostor = createCertificateAuthority(AUTHORITY)
  const billing = { uri: BILLING }
  return {
    ca: authority.cert,
    server: authority.issue('server', { address: '127.0.0.1' }),
    clients: {
      billing: authority.issue('billing', billing),
      renewed: authority.issue('billing', billing),
      unknown: authority.issue('unknown', { uri: `${BILLING}/not` }),
      expired: authority.issue('billing', { ...billing, validUntil: Date.UTC(2021, 0) }),
      future: authority.issue('billing', { ...billing, validFrom: Date.UTC(2048, 0) }),
      foreign: stranger.issue('billing', billing),
      impostor: impostor.issue('billing', billing),
    },
  }
}

/** The certificate that the application may see of a client: one that TLS has authorized. */
export function findAuthorized(
  { clients }: TlsParties,
  client: TlsClientName | undefined,
): Uint8Array | undefined {
  return client !== undefined && AUTHORIZED.includes(client) ? clients[client].der : undefined
}
