import { defineConfig } from 'vitest/config'
import { testConfig } from '../../vitest.shared.ts'

// the harness and its reports are tested; what is measured is run by `npm run bench`, and never timed in a test
const config = testConfig({ floors: { lines: 95, branches: 90 } })

export default defineConfig({
  ...config,
  test: {
    ...config.test,
    coverage: {
      ...config.test?.coverage,
      include: [
        'src/harness/{statistics,operation,measure,stockroom}.ts',
        'src/report/*.ts',
        'src/arguments.ts',
        'src/progress.ts',
      ],
    },
  },
})
