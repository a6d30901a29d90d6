import { createServer, type Server } from 'node:https'
import type { Express } from 'express'

/** Whoever has no certificate of `ca` gets through the handshake, as nobody. */
export function createTlsServer(app: Express, files: { cert: string; key: string; ca: string }): Server {
  return createServer({ ...files, requestCert: true, rejectUnauthorized: false }, app)
}
