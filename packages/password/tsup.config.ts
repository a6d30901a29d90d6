import { defineConfig } from 'tsup'
import { buildOptions } from '../../tsup.shared.ts'

export default defineConfig(
  buildOptions(
    { index: 'src/index.ts', 'hashing/node': 'src/hashing/node.ts', 'hashing/web': 'src/hashing/web.ts' },
    // left in the output: the runtime chooses the backend by the package's own "imports" conditions
    { external: ['#hashing'] },
  ),
)
