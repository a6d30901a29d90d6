import { adapterConformance, fetchServer } from '@authcore/conformance'
import { http2Server, httpServer } from '@authcore/conformance/node'
import { afterAll, describe, it } from 'vitest'
import { build, buildFetch, FETCH } from './build.js'
import { listen } from './listen.js'

const runner = { describe, it, afterAll }

adapterConformance({
  runner,
  name: 'Hono on node-server',
  protocol: 'http/1.1',
  parsesBodies: true,
  createServer: async application => httpServer(await listen(build(application))),
})

adapterConformance({
  runner,
  name: 'Hono on node-server',
  protocol: 'h2',
  parsesBodies: true,
  createServer: async application => http2Server(await listen(build(application), 'h2')),
})

adapterConformance({
  runner,
  name: 'Hono',
  protocol: 'fetch',
  parsesBodies: true,
  createServer: application => fetchServer(request => build(application, FETCH).fetch(request)),
})

const ORDER = 'handlers get their principal from withAuth itself, so there is no order to get wrong'

adapterConformance({
  runner,
  name: 'withAuth and authFetchHandler',
  protocol: 'fetch',
  leaveOut: {
    'requireScope: without requireAuth': ORDER,
    'requireRole: without requireAuth': ORDER,
  },
  createServer: application => fetchServer(buildFetch(application)),
})
