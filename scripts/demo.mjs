// Installs, builds and starts the reference API: `npm run demo -- <arguments>`.
import { join } from 'node:path'
import { install } from './install.mjs'
import { ROOT } from './root.mjs'
import { run } from './run.mjs'
import { turbo } from './turbo.mjs'

process.exitCode = await demo(
  process.argv.slice(2).filter((argument, index) => index > 0 || argument !== '--'),
)

/**
 * Standard output belongs to the demo alone; what leads up to it goes to standard error.
 *
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
async function demo(args) {
  console.error('Installing')
  const installed = await install({ output: 'stderr' })
  if (installed !== 0) return installed
  console.error('Building')
  const built = await turbo(['build', '--filter=@authcore/demo', '--output-logs=errors-only'], {
    output: 'stderr',
  })
  if (built !== 0) return built
  return run(process.execPath, [join(ROOT, 'apps/demo/dist/main.js'), ...args])
}
