import { defineConfig } from 'tsup'
import { buildOptions } from '../../tsup.shared.ts'

export default defineConfig(
  buildOptions(
    {
      main: 'src/main.ts',
      'subject-process': 'src/subject-process.ts',
      'load-process': 'src/load-process.ts',
    },
    { platform: 'node', target: 'node20', skipNodeModulesBundle: true },
  ),
)
