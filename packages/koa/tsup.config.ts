import { defineConfig } from 'tsup'
import { buildOptions } from '../../tsup.shared.ts'

export default defineConfig(buildOptions({ index: 'src/index.ts' }))
