import { defineConfig } from 'vitest/config'
import { testConfig } from '../../vitest.shared.ts'

// its tests drive the built program from outside, where coverage cannot look; the script asks for none
export default defineConfig(testConfig({ floors: { lines: 0, branches: 0 } }))
