import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { testConfig } from '../../vitest.shared.ts'

export default defineConfig(
  testConfig({
    floors: { lines: 95, branches: 90 },
    // the example of the README imports the package by its name
    alias: { '@authcore/mfa': fileURLToPath(new URL('src/index.ts', import.meta.url)) },
  }),
)
