import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { testConfig } from '../../vitest.shared.ts'

export default defineConfig(
  testConfig({
    floors: { lines: 95, branches: 90 },
    alias: { '#crypto': fileURLToPath(new URL('src/crypto/node.ts', import.meta.url)) },
  }),
)
