import { defineConfig } from 'tsup'
import { buildOptions } from '../../tsup.shared.ts'

export default defineConfig(
  buildOptions({ main: 'src/main.ts', server: 'src/server.ts' }, { platform: 'node', target: 'node20' }),
)
