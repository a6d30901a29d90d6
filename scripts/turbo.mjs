import { resolve } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { pnpm } from './pnpm.mjs'

/**
 * Runs tasks of all packages in the order of their dependencies.
 *
 * @param {readonly string[]} args tasks and options of `turbo run`
 * @param {{ output?: 'stdout' | 'stderr' }} [options]
 * @returns {Promise<number>} the exit code
 */
export function turbo(args, options = {}) {
  return pnpm(['exec', 'turbo', 'run', ...args, '--concurrency=2'], options)
}

if (argv[1] && resolve(argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await turbo(argv.slice(2))
}
