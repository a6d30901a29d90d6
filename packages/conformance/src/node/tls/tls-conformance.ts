import type { AdapterApplication } from '../../adapter/application.js'
import { ADAPTER_CLIENT } from '../../adapter/deployments.js'
import { registerTable, type TableOptions } from '../../adapter/register-table.js'
import { createBench } from '../../adapter/table-bench.js'
import type { WireRequest } from '../../adapter/wire.js'
import { httpServer, type ListeningServer } from '../http-server.js'
import { http2Server } from '../http2-server.js'
import { openTls } from './open-tls.js'
import { createTlsParties, findAuthorized, type TlsClientName, type TlsSender } from './tls-clients.js'
import { createTlsGroup } from './tls-group.js'
import { tlsRequests } from './tls-requests.js'

/** Options of a TLS server, as Node and frameworks that stand on it take them. */
export interface TlsServerOptions {
  /** PEM. */
  readonly cert: string
  readonly key: string
  /** The authority of client certificates. */
  readonly ca: string
  readonly requestCert: true
  /** Strangers get through the handshake, so that the adapter has to tell them apart. */
  readonly rejectUnauthorized: false
}

/** Which adapter is tested, and how. */
export interface TlsConformanceOptions extends TableOptions {
  /** What clients agree on in the handshake (ALPN, RFC 7301). */
  readonly protocol: 'http/1.1' | 'h2'
  /** Builds the application with the adapter and its framework, and serves it on 127.0.0.1; called once. */
  readonly createServer: (
    application: AdapterApplication,
    tls: TlsServerOptions,
  ) => ListeningServer | Promise<ListeningServer>
}

/**
 * Registers one test for every row of `tlsRequests` with a test runner: clients with and without certificates connect
 * over TLS, and the answers of the adapter must be those of `@authcore/http` alone, byte for byte. Keys and certificates
 * are made for the run.
 *
 * @throws {TypeError} when `leaveOut` names a row that does not exist
 * @example
 * tlsConformance({
 *   runner: { describe, it, afterAll },
 *   name: 'my framework',
 *   protocol: 'h2',
 *   createServer: (application, tls) => listen(http2.createSecureServer(tls, build(application))),
 * })
 */
export function tlsConformance(options: TlsConformanceOptions): void {
  const { protocol, createServer } = options
  const parties = createTlsParties()
  const { cert, key } = parties.server
  const tls = { cert, key, ca: parties.ca, requestCert: true, rejectUnauthorized: false } as const
  const bench = createBench<TlsSender>({
    groups: [createTlsGroup(parties)],
    crowd: createCrowd(),
    parsesBodies: false,
    async open(application) {
      const listening = await createServer(application, tls)
      const endpoint = { port: listening.port, protocol, parties }
      const speak = protocol === 'h2' ? http2Server : httpServer
      return {
        connect: sender => ({
          server: speak(listening, () => openTls(endpoint, sender)),
          connection: toConnection(findAuthorized(parties, sender.client)),
        }),
        close: () => listening.close(),
      }
    },
  })
  registerTable(options, { rows: tlsRequests, bench, connection: `${protocol} and TLS` })
}

function toConnection(clientCertificate: Uint8Array | undefined) {
  return { ...ADAPTER_CLIENT, isEncrypted: true, ...(clientCertificate && { clientCertificate }) }
}

/** Every kind of client, eight times. */
function createCrowd(): readonly (WireRequest & TlsSender)[] {
  const clients: readonly (TlsClientName | undefined)[] = [
    'billing',
    'unknown',
    undefined,
    'foreign',
    'renewed',
  ]
  return Array.from({ length: 40 }, (_, index) => {
    const client = clients[index % clients.length]
    return { path: '/tls-optional', ...(client !== undefined && { client }) }
  })
}
