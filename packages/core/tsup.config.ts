import { defineConfig } from 'tsup'
import { buildOptions } from '../../tsup.shared.ts'

export default defineConfig(
  buildOptions(
    {
      index: 'src/index.ts',
      jwt: 'src/jwt.ts',
      // entries of their own end up in files of their own, and `index.js` only names them, so that whoever imports only a verifier gets nothing of the rest
      'auth-core': 'src/auth-core.ts',
      'access-token/verifier': 'src/access-token/create-access-token-verifier.ts',
      'internal-token/verifier': 'src/internal-token/create-internal-token-verifier.ts',
      'extension/index': 'src/extension/index.ts',
      'memory/index': 'src/memory/index.ts',
      'ports/index': 'src/ports/index.ts',
      'crypto/node': 'src/crypto/node.ts',
      'crypto/web': 'src/crypto/web.ts',
    },
    // left in the output: the runtime chooses the backend by the package's own "imports" conditions
    { external: ['#crypto'] },
  ),
)
