import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type LeaveOutOptions, leaveOut, saveReport } from '../../src/node/index.js'

afterEach(() => vi.unstubAllEnvs())

async function runLeftOut(options: Omit<LeaveOutOptions, 'runner' | 'name' | 'reason'>): Promise<void> {
  const tests: (() => Promise<void>)[] = []
  leaveOut({
    runner: { describe: (_, body) => body(), it: (_, test) => tests.push(test), afterAll: () => {} },
    name: 'PostgreSQL 15',
    reason: 'no server',
    ...options,
  })
  expect(tests).toHaveLength(1)
  for (const test of tests) await test()
}

describe('leaveOut', () => {
  it.each(['', '0', 'false'])('says what was left out where CI is %j', async value => {
    vi.stubEnv('CI', value)
    const print = vi.fn()
    await runLeftOut({ print })
    expect(print).toHaveBeenCalledWith('Conformance of PostgreSQL 15: LEFT OUT, no server')
  })

  it('prints to standard output unless told', async () => {
    vi.stubEnv('CI', '')
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    await runLeftOut({})
    expect(write).toHaveBeenCalledWith(expect.stringContaining('LEFT OUT'))
  })

  it.each(['1', 'true'])('fails where CI is %j', async value => {
    vi.stubEnv('CI', value)
    const print = vi.fn()
    await expect(runLeftOut({ print })).rejects.toThrow(/leaving out is a failure/)
    expect(print).toHaveBeenCalledOnce()
  })
})

describe('saveReport', () => {
  it('keeps each report under its name', () => {
    const directory = mkdtempSync(join(tmpdir(), 'authcore-reports-'))
    try {
      const print = saveReport(join(directory, 'stores'))
      print('Conformance of a/b *c*: 1 passed, 0 failed')
      print('something else')
      expect(readFileSync(join(directory, 'stores/a-b-c-.txt'), 'utf8')).toContain('1 passed')
      expect(readFileSync(join(directory, 'stores/unnamed.txt'), 'utf8')).toBe('something else\n')
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})
