import { afterAll, describe, expect, it } from 'vitest'
import { adapterConformance, adapterRequests } from '../../src/index.js'
import { createListener, listen, listenHttp2 } from './plain-adapter.js'

const plain = { runner: { describe, it, afterAll }, name: 'plain Node' }

adapterConformance({
  ...plain,
  protocol: 'http/1.1',
  createServer: application => listen(createListener(application)),
})

adapterConformance({
  ...plain,
  protocol: 'h2',
  createServer: application => listenHttp2(createListener(application)),
})

it('is a table of at least 200 rows with names of their own', () => {
  expect(adapterRequests.length).toBeGreaterThanOrEqual(200)
  expect(new Set(adapterRequests.map(({ name }) => name)).size).toBe(adapterRequests.length)
})
