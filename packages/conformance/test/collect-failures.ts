import type { StoreConformanceOptions } from '../src/index.js'
import { storeConformance } from '../src/index.js'

/** Runs the kit without a test runner and returns the names of the tests that fail, the first ones at most. */
export async function collectFailures(
  options: Omit<StoreConformanceOptions, 'runner' | 'name'>,
  limit = 1,
): Promise<readonly string[]> {
  const tests: { readonly name: string; readonly test: () => Promise<void> }[] = []
  const hooks: (() => void | Promise<void>)[] = []
  const path: string[] = []
  const runner = {
    describe: (name: string, body: () => void) => {
      path.push(name)
      body()
      path.pop()
    },
    it: (name: string, test: () => Promise<void>) => {
      tests.push({ name: [...path, name].join(' > '), test })
    },
    afterAll: (hook: () => void | Promise<void>) => hooks.push(hook),
  }
  storeConformance({ print: () => {}, ...options, runner, name: 'broken' })
  const failures: string[] = []
  for (const { name, test } of tests) {
    if (failures.length === limit) break
    await test().catch(() => failures.push(name))
  }
  for (const hook of hooks) await hook()
  return failures
}
