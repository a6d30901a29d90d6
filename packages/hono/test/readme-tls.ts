import { createSecureServer } from 'node:http2'
import { createAdaptorServer, type ServerType } from '@hono/node-server'
import type { Hono } from 'hono'

/** HTTP/2, and HTTP/1.1 for whoever has only that. Whoever has no certificate of `ca` gets through, as nobody. */
export function createTlsServer(app: Hono, files: { cert: string; key: string; ca: string }): ServerType {
  const clients = { requestCert: true, rejectUnauthorized: false }
  return createAdaptorServer({
    fetch: app.fetch,
    createServer: createSecureServer,
    serverOptions: { ...files, ...clients, allowHTTP1: true },
  })
}
