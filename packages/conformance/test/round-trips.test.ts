import { memoryStores } from '@authcore/core/memory'
import { describe, expect, it, vi } from 'vitest'
import { storeConformance, withFaults } from '../src/index.js'
import { collectFailures } from './collect-failures.js'

const capabilities = { sharedSessionRevocation: true, sweeps: true, countsRoundTrips: true }
const settings = { capabilities, runs: 1, histories: 1, callers: [2] }

describe('round trips', () => {
  it('are counted by method', async () => {
    let trips = 0
    const createStores = () => {
      const { stores } = withFaults(memoryStores(), () => {
        trips += 1
        return undefined
      })
      return { stores, countRoundTrips: () => trips }
    }
    // this counts calls, so a malformed one is counted as well
    const failures = await collectFailures({ ...settings, createStores }, 9)
    expect(failures).toEqual(['broken > what is malformed is refused without any'])
  })

  it('must be counted when that is promised', async () => {
    const createStores = () => ({ stores: memoryStores() })
    expect(await collectFailures({ ...settings, createStores }, 9)).toHaveLength(2)
    const still = () => ({ ...createStores(), countRoundTrips: () => 0 })
    const failures = await collectFailures({ ...settings, createStores: still }, 9)
    expect(failures).toEqual(['broken > each method costs round trips that can be counted'])
  })

  it('stand in the report', async () => {
    const hooks: (() => void | Promise<void>)[] = []
    const tests: (() => Promise<void>)[] = []
    const reports: string[] = []
    let trips = 0
    storeConformance({
      ...settings,
      runner: {
        describe: (_, body) => body(),
        it: (_, test) => tests.push(test),
        afterAll: hook => hooks.push(hook),
      },
      name: 'counted',
      createStores: () => ({ stores: memoryStores(), countRoundTrips: () => trips++ }),
      capabilities: {
        ...capabilities,
        sweeps: { sessions: true, apiKeys: true, revocations: true, oneTime: true, rateLimits: false },
      },
      print: report => reports.push(report),
    })
    for (const test of tests) await test().catch(() => {})
    for (const hook of hooks) await hook()
    expect(reports[0]).toContain('sessions.rotate 1')
    expect(reports[0]).toContain('sweep() for sessions, apiKeys, revocations, oneTime, else by the database')
    expect(reports[0]).toContain('BROKEN')
  })

  it('stand nowhere when nothing was counted; the report goes to the console unless told', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    storeConformance({
      ...settings,
      runner: { describe: (_, body) => body(), it: () => {}, afterAll: hook => hook() },
      name: 'nothing',
      createStores: () => ({ stores: memoryStores() }),
      capabilities: { sharedSessionRevocation: false, sweeps: false },
    })
    expect(log).toHaveBeenCalledWith(expect.stringMatching(/^Conformance of nothing: 0 passed, 0 failed/))
    expect(log).toHaveBeenCalledWith(expect.stringContaining('deleted by the database'))
    expect(log).not.toHaveBeenCalledWith(expect.stringContaining('Round trips'))
  })
})
