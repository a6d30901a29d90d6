import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { testConfig } from '../../vitest.shared.ts'

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig(
  testConfig({
    floors: { lines: 95, branches: 90 },
    alias: {
      '#crypto': pathOf('src/crypto/node.ts'),
      // the conformance kit and what it needs depend on core, so core's own tests take all of them from their sources
      '@authcore/conformance': pathOf('../conformance/src/index.ts'),
      '@authcore/http': pathOf('../http/src/index.ts'),
      '@authcore/core/extension': pathOf('src/extension/index.ts'),
      '@authcore/core/jwt': pathOf('src/jwt.ts'),
      '@authcore/core/memory': pathOf('src/memory/index.ts'),
      '@authcore/core/ports': pathOf('src/ports/index.ts'),
      '@authcore/core': pathOf('src/index.ts'),
    },
  }),
)
