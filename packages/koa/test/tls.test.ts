import { tlsConformance } from '@authcore/conformance/node'
import { afterAll, describe, it } from 'vitest'
import { build, FRAMEWORKS } from './build.js'
import { listenOn } from './listen.js'
import { createTlsServer } from './readme-tls.js'

for (const [name, framework] of FRAMEWORKS) {
  for (const protocol of ['http/1.1', 'h2'] as const) {
    tlsConformance({
      runner: { describe, it, afterAll },
      name,
      protocol,
      createServer: (application, { cert, key, ca }) =>
        listenOn(createTlsServer(build(framework, application, 'koa-mount'), { cert, key, ca })),
    })
  }
}
