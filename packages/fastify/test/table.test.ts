import { adapterConformance } from '@authcore/conformance'
import { http2Server, httpServer } from '@authcore/conformance/node'
import { afterAll, describe, it } from 'vitest'
import { build, FRAMEWORKS, listen } from './build.js'

const runner = { describe, it, afterAll }
const leaveOut = {
  'session: half an escape': 'Fastify answers 400 by itself to a path that cannot be decoded',
}

for (const [name, fastify] of FRAMEWORKS) {
  adapterConformance({
    runner,
    name,
    protocol: 'http/1.1',
    leaveOut,
    createServer: async application =>
      httpServer(await listen(build(fastify({ forceCloseConnections: true }), application))),
  })
  adapterConformance({
    runner,
    name,
    protocol: 'h2',
    leaveOut,
    createServer: async application => {
      // only its types tell it from one for HTTP/1.1
      const app = fastify({ http2: true }) as unknown as ReturnType<typeof fastify>
      return http2Server(await listen(build(app, application)))
    },
  })
}
