import { tlsConformance } from '@authcore/conformance/node'
import { afterAll, describe, it } from 'vitest'
import { build } from './build.js'
import { listenOn } from './listen.js'
import { createTlsServer } from './readme-tls.js'

for (const protocol of ['http/1.1', 'h2'] as const) {
  tlsConformance({
    runner: { describe, it, afterAll },
    name: 'Hono on node-server',
    protocol,
    createServer: (application, { cert, key, ca }) =>
      listenOn(createTlsServer(build(application), { cert, key, ca })),
  })
}
