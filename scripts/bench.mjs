// Installs, builds and runs the benchmarks: `npm run bench -- <arguments>`.
import { join } from 'node:path'
import { install } from './install.mjs'
import { ROOT } from './root.mjs'
import { run } from './run.mjs'
import { turbo } from './turbo.mjs'

process.exitCode = await bench(process.argv.slice(2))

/**
 * Standard output belongs to the outcome alone; what leads up to it goes to standard error.
 *
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
async function bench(args) {
  console.error('Installing')
  const installed = await install({ output: 'stderr' })
  if (installed !== 0) return installed
  console.error('Building')
  const built = await turbo(['build', '--filter=@authcore/bench', '--output-logs=errors-only'], {
    output: 'stderr',
  })
  if (built !== 0) return built
  return run(process.execPath, [join(ROOT, 'apps/bench/dist/main.js'), ...args])
}
