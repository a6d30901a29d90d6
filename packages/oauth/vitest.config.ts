import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { testConfig } from '../../vitest.shared.ts'

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig(
  testConfig({
    floors: { lines: 95, branches: 90 },
    alias: {
      '#outbound': pathOf('src/outbound/node.ts'),
      // the example of the README imports the package by its name
      '@authcore/oauth': pathOf('src/index.ts'),
    },
  }),
)
