import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { testConfig } from '../../vitest.shared.ts'

const config = testConfig({
  floors: { lines: 95, branches: 90 },
  // the example of the README imports the package by its name
  alias: { '@authcore/prisma': fileURLToPath(new URL('src/index.ts', import.meta.url)) },
})

export default defineConfig({
  ...config,
  // an embedded database takes seconds to start, and much longer on a machine with other things to do
  test: { ...config.test, hookTimeout: 120_000, testTimeout: 60_000 },
})
