import { tlsConformance } from '@authcore/conformance/node'
import { afterAll, describe, it } from 'vitest'
import { build } from './build.js'
import { FRAMEWORKS, listenOn } from './fixture.js'
import { createTlsServer } from './readme-tls.js'

for (const [name, express] of FRAMEWORKS) {
  tlsConformance({
    runner: { describe, it, afterAll },
    name,
    protocol: 'http/1.1',
    createServer: (application, { cert, key, ca }) =>
      listenOn(createTlsServer(build(express, application), { cert, key, ca })),
  })
}
