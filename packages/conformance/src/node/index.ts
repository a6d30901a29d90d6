/**
 * What only Node can do for tests: find and start servers, stand between a client and its server, run stores in other
 * processes, keep reports, speak to servers of adapters, with TLS and client certificates as well.
 * @module
 */
export { createFaultProxy, type FaultProxy, type FaultProxyOptions } from './fault-proxy.js'
export { httpServer, type ListeningServer } from './http-server.js'
export { http2Server } from './http2-server.js'
export { type LeaveOutOptions, leaveOut } from './leave-out.js'
export { findMysqlServer } from './mysql-server.js'
export type { OpenConnection } from './open-connection.js'
export { findPostgresServer, startPostgresServer } from './postgres-server.js'
export { findRedisServer, type StartedCluster, startRedisCluster, startRedisServer } from './redis-server.js'
export { saveReport } from './save-report.js'
export { serveStores } from './serve-stores.js'
export { isServer, type MissingServer, type StartedServer, type TestServer } from './server.js'
export { type StartStoreWorkersOptions, type StoreWorkers, startStoreWorkers } from './store-workers.js'
export type { TlsClientName, TlsSender } from './tls/tls-clients.js'
export { type TlsConformanceOptions, type TlsServerOptions, tlsConformance } from './tls/tls-conformance.js'
export { type TlsRequest, tlsRequests } from './tls/tls-requests.js'
