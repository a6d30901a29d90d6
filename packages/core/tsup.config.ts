import { defineConfig } from 'tsup'
import { buildOptions } from '../../tsup.shared.ts'

export default defineConfig(
  buildOptions(
    {
      index: 'src/index.ts',
      jwt: 'src/jwt.ts',
      'memory/index': 'src/memory/index.ts',
      'ports/index': 'src/ports/index.ts',
      'crypto/node': 'src/crypto/node.ts',
      'crypto/web': 'src/crypto/web.ts',
    },
    // left in the output: the runtime chooses the backend by the package's own "imports" conditions
    { external: ['#crypto'] },
  ),
)
