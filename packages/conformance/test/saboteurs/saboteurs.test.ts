import { MemoryRevocationStore, memoryStores } from '@authcore/core/memory'
import { describe, expect, it } from 'vitest'
import { collectFailures } from '../collect-failures.js'
import { SABOTEURS, sabotagedStores } from './saboteurs.js'

const capabilities = { sharedSessionRevocation: true, sweeps: true }
const settings = { capabilities, runs: 20, histories: 20, seed: 1 }

describe('a broken store fails the contract', { timeout: 30_000 }, () => {
  it('and one that is whole does not', async () => {
    const createStores = () => ({ stores: memoryStores() })
    expect(await collectFailures({ ...settings, createStores })).toEqual([])
  })

  it.each(SABOTEURS.map(saboteur => [saboteur.store, saboteur.name, saboteur] as const))(
    '%s: one that %s',
    async (store, _, saboteur) => {
      const createStores = () => ({ stores: sabotagedStores(saboteur) })
      const failures = await collectFailures({ ...settings, createStores, only: [store] })
      expect(failures).toHaveLength(1)
    },
  )

  it('when its instances share data', async () => {
    const stores = memoryStores()
    const failures = await collectFailures({ ...settings, createStores: () => ({ stores }) })
    expect(failures).toEqual(['broken > createStores() opens instances that share no data'])
  })

  it('when it promises that an ended session counts as revoked, and that is not so', async () => {
    const createStores = () => ({ stores: { ...memoryStores(), revocations: new MemoryRevocationStore() } })
    const [failure] = await collectFailures({ ...settings, createStores, only: ['sessions', 'revocations'] })
    expect(failure).toContain('sessions beside it')
  })

  it('when it does more than it says', async () => {
    const createStores = () => ({ stores: memoryStores() })
    const [failure] = await collectFailures({
      ...settings,
      createStores,
      capabilities: { ...capabilities, sharedSessionRevocation: false },
    })
    expect(failure).toContain('by an entry alone')
  })

  it('when a store is missing', async () => {
    const { sessions } = memoryStores()
    const createStores = () => ({ stores: { sessions } })
    const failures = await collectFailures({ ...settings, createStores, only: ['apiKeys'] }, 2)
    expect(failures).toHaveLength(2)
  })

  it('but for the optional one, which is left out unless it is named', async () => {
    const { documents: _, ...stores } = memoryStores()
    const createStores = () => ({ stores })
    const named = await collectFailures({ ...settings, createStores, only: ['documents'] }, 2)
    expect(named).toHaveLength(2)
    const reports: string[] = []
    const options = { ...settings, runs: 1, histories: 1, callers: [2] }
    const fresh = () => {
      const { documents: __, ...six } = memoryStores()
      return { stores: six }
    }
    const print = (report: string) => reports.push(report)
    expect(await collectFailures({ ...options, createStores: fresh, print })).toEqual([])
    expect(reports[0]).toMatch(/absent {2}documents: .* left out/)
    expect(reports[0]).not.toMatch(/^ {2}documents {2}/m)
  })

  it('when it is opened with options that make no sense', async () => {
    const createStores = () => ({ stores: memoryStores() })
    for (const options of [{ runs: -1 }, { histories: 0.5 }, { only: ['nothing' as 'sessions'] }]) {
      await expect(collectFailures({ ...settings, createStores, ...options })).rejects.toThrow(TypeError)
    }
  })
})
