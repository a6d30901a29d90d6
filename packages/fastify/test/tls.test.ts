import { type TlsServerOptions, tlsConformance } from '@authcore/conformance/node'
import type { FastifyInstance } from 'fastify'
import fastify4 from 'fastify4'
import { afterAll, describe, it } from 'vitest'
import { build, listen } from './build.js'
import { createTlsApp, type Http2App } from './readme-tls.js'

const APPS: readonly (readonly [name: string, create: (tls: TlsServerOptions) => Http2App])[] = [
  ['Fastify 5', ({ cert, key, ca }) => createTlsApp({ cert, key, ca })],
  // the types of Fastify 4 are not those of its successor
  ['Fastify 4', tls => fastify4({ http2: true, https: { ...tls, allowHTTP1: true } }) as unknown as Http2App],
]

for (const [name, create] of APPS) {
  for (const protocol of ['http/1.1', 'h2'] as const) {
    tlsConformance({
      runner: { describe, it, afterAll },
      name,
      protocol,
      createServer: (application, tls) => {
        // only its types tell it from one for HTTP/1.1
        const app = create(tls) as unknown as FastifyInstance
        return listen(build(app, application))
      },
    })
  }
}
