import { defineConfig } from 'vitest/config'
import { testConfig } from '../../vitest.shared.ts'

export default defineConfig(testConfig({ floors: { lines: 95, branches: 90 } }))
