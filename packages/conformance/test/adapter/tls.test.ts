import { afterAll, describe, expect, it } from 'vitest'
import { tlsConformance, tlsRequests } from '../../src/node/index.js'
import { createListener, listenTls } from './plain-adapter.js'

for (const protocol of ['http/1.1', 'h2'] as const) {
  tlsConformance({
    runner: { describe, it, afterAll },
    name: 'plain Node',
    protocol,
    createServer: (application, tls) => listenTls(createListener(application), tls),
  })
}

it('is a table of at least 60 rows with names of their own', () => {
  expect(tlsRequests.length).toBeGreaterThanOrEqual(60)
  expect(new Set(tlsRequests.map(({ name }) => name)).size).toBe(tlsRequests.length)
})
