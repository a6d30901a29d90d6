import type { Http2SecureServer, Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import fastify, { type FastifyInstance } from 'fastify'

export type Http2App = FastifyInstance<Http2SecureServer, Http2ServerRequest, Http2ServerResponse>

/** HTTP/2, and HTTP/1.1 for whoever has only that. Whoever has no certificate of `ca` gets through, as nobody. */
export function createTlsApp(files: { cert: string; key: string; ca: string }): Http2App {
  const clients = { requestCert: true, rejectUnauthorized: false }
  return fastify({ http2: true, https: { ...files, ...clients, allowHTTP1: true } })
}
