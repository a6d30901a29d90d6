import type { ViteUserConfig } from 'vitest/config'

export type TestSettings = {
  /** Percentages below which the run fails. */
  readonly floors: { readonly lines: number; readonly branches: number }
  /** Module names to resolve to a source file. */
  readonly alias?: Readonly<Record<string, string>>
}

/** One way to test every package; `npm test` sums up the JSON reports. */
export function testConfig({ floors, alias = {} }: TestSettings): ViteUserConfig {
  return {
    resolve: { alias: { ...alias } },
    test: {
      include: ['test/**/*.test.ts'],
      environment: 'node',
      // what a client logs while a server goes away may come after the last test
      disableConsoleIntercept: true,
      restoreMocks: true,
      unstubGlobals: true,
      // two cores, and turbo runs two packages at once
      maxWorkers: 2,
      // for a test that hangs; a slow machine is no failure, and no test asserts a duration
      testTimeout: 120_000,
      hookTimeout: 120_000,
      reporters: ['default', 'json'],
      outputFile: { json: 'reports/vitest.json' },
      coverage: {
        provider: 'v8',
        include: ['src/**/*.ts'],
        reporter: [['text', { skipFull: true }], 'json-summary'],
        thresholds: { ...floors },
      },
    },
  }
}
