import { createSecureServer, type Http2SecureServer } from 'node:http2'
import type Koa from 'koa'

/** HTTP/2, and HTTP/1.1 for whoever has only that. Whoever has no certificate of `ca` gets through, as nobody. */
export function createTlsServer(
  app: Koa,
  files: { cert: string; key: string; ca: string },
): Http2SecureServer {
  const clients = { requestCert: true, rejectUnauthorized: false }
  return createSecureServer({ ...files, ...clients, allowHTTP1: true }, app.callback())
}
