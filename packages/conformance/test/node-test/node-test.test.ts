import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const SUITE = fileURLToPath(new URL('suite.mjs', import.meta.url))

function runSuite(broken: 'yes' | 'no') {
  // a runner inside of a runner: the inner one must not report to the outer one
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const { status, stdout } = spawnSync(process.execPath, ['--test-reporter=tap', SUITE], {
    env: { ...env, AUTHCORE_BROKEN: broken },
    encoding: 'utf8',
  })
  const count = (name: string): number => Number(new RegExp(`^# ${name} (\\d+)`, 'm').exec(stdout)?.[1])
  return { status, stdout, passed: count('pass'), failed: count('fail') }
}

describe('under node:test', { timeout: 60_000 }, () => {
  it('passes and prints its report', () => {
    const { status, stdout, passed, failed } = runSuite('no')
    expect([status, failed]).toEqual([0, 0])
    expect(passed).toBeGreaterThan(200)
    expect(stdout).toContain(`Conformance of memory under node:test: ${passed} passed, 0 failed`)
  })

  it('fails with a store that is broken', () => {
    const { status, stdout, failed } = runSuite('yes')
    expect(status).toBe(1)
    expect(failed).toBeGreaterThan(5)
    expect(stdout).toContain('BROKEN  sessions')
  })
})
