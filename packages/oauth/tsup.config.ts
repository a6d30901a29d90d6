import { defineConfig } from 'tsup'
import { buildOptions } from '../../tsup.shared.ts'

export default defineConfig(
  buildOptions(
    { index: 'src/index.ts', 'outbound/node': 'src/outbound/node.ts', 'outbound/web': 'src/outbound/web.ts' },
    // left in the output: the runtime chooses by the package's own "imports" conditions
    { external: ['#outbound'] },
  ),
)
