import { adapterConformance, adapterRequests } from '@authcore/conformance'
import { http2Server, httpServer } from '@authcore/conformance/node'
import koa2 from 'koa2'
import { afterAll, describe, it } from 'vitest'
import { build, FRAMEWORKS } from './build.js'
import { listen, listenHttp2 } from './listen.js'

/** Whatever the application is. */
const HEAD_ROWS = Object.fromEntries(
  adapterRequests
    .filter(row => [row, ...(row.before ?? [])].some(({ method }) => method === 'HEAD'))
    .map(({ name }) => [name, 'Koa 2 never answers HEAD over HTTP/2']),
)

const runner = { describe, it, afterAll }

for (const [name, framework] of FRAMEWORKS) {
  for (const mounting of ['koa-mount', '@koa/router'] as const) {
    adapterConformance({
      runner,
      name: `${name} with ${mounting}`,
      protocol: 'http/1.1',
      parsesBodies: true,
      createServer: async application =>
        httpServer(await listen(build(framework, application, mounting).callback())),
    })
  }
  adapterConformance({
    runner,
    name: `${name} with koa-mount`,
    protocol: 'h2',
    parsesBodies: true,
    leaveOut: framework === koa2 ? HEAD_ROWS : {},
    createServer: async application =>
      http2Server(await listenHttp2(build(framework, application, 'koa-mount').callback())),
  })
}
