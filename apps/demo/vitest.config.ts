import { defineConfig } from 'vitest/config'
import { testConfig } from '../../vitest.shared.ts'

// its tests drive the built program from outside, where coverage cannot look; the script asks for none
const config = testConfig({ floors: { lines: 0, branches: 0 } })

export default defineConfig({
  ...config,
  test: {
    ...config.test,
    globalSetup: 'test/setup/template-folder.ts',
    // an embedded database takes seconds to start, and much longer on a machine with other things to do
    hookTimeout: 300_000,
    testTimeout: 300_000,
  },
})
