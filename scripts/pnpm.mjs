import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './root.mjs'
import { run } from './run.mjs'

/** Nothing is sent home, and nothing is asked. */
const QUIET = {
  DO_NOT_TRACK: '1',
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  npm_config_update_notifier: 'false',
}

const STREAMS = /** @type {const} */ ({ stdout: 1, stderr: 2, ignore: 'ignore' })

/**
 * Runs the package manager in the version that package.json names, without needing it on the machine.
 *
 * @param {readonly string[]} args
 * @param {{ cwd?: string, output?: 'stdout' | 'stderr' | 'ignore' }} [options]
 * @returns {Promise<number>} the exit code
 */
export function pnpm(args, { cwd = ROOT, output = 'stdout' } = {}) {
  const { packageManager } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  return run('npx', ['--yes', packageManager, ...args], {
    cwd,
    env: { ...process.env, ...QUIET },
    stdio: ['ignore', STREAMS[output], 2],
    group: true,
  })
}
