import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/errors.js'
import { MemorySigningKeyStore, memoryStores } from '../../src/memory/index.js'
import { START, sessionRecord, untyped } from './fixtures.js'

describe('memoryStores', () => {
  it('returns every store of its own kind', () => {
    const stores = memoryStores()
    expect(Object.keys(stores).sort()).toEqual([
      'apiKeys',
      'documents',
      'oneTime',
      'rateLimits',
      'revocations',
      'sessions',
      'signingKeys',
    ])
    expect(memoryStores().sessions).not.toBe(stores.sessions)
  })

  it('bounds each store', async () => {
    const { sessions, oneTime } = memoryStores({ maxEntries: 1 })
    await sessions.insert({ session: sessionRecord(), now: START })
    await expect(sessions.insert({ session: sessionRecord({ id: 'b' }), now: START })).rejects.toThrow(/full/)
    const reservation = { namespace: 'n', key: 'k', holder: 'h', expiresAt: START + 1, now: START }
    expect(await oneTime.reserve(reservation)).toEqual({ outcome: 'reserved' })
  })

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '10', null])('refuses maxEntries %s', value => {
    const maxEntries = untyped<number>(value)
    expect(() => memoryStores({ maxEntries })).toThrow(ConfigError)
    expect(() => new MemorySigningKeyStore({ maxEntries })).toThrow(ConfigError)
  })

  it('shows nothing of what it holds when printed', async () => {
    const stores = memoryStores()
    await stores.sessions.insert({ session: sessionRecord({ currentHash: 'do-not-show' }), now: START })
    expect(inspect(stores, { depth: 10, showHidden: true })).not.toContain('do-not-show')
  })
})
