import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { ROOT } from './root.mjs'

const FORWARDED = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {import('node:child_process').StdioOptions} [stdio]
 * @property {boolean} [group] signals reach the children of the command too, which gets no terminal
 */

/**
 * Runs a command to its end, passes signals on to it, and returns its exit code (128 + number after a signal).
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, { cwd = ROOT, env = process.env, stdio = 'inherit', group = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio, detached: group })
    const forwarders = FORWARDED.map(signal => forwardSignal(signal, child, group))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      for (const stop of forwarders) stop()
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0))
    })
  })
}

/**
 * @param {typeof FORWARDED[number]} signal
 * @param {import('node:child_process').ChildProcess} child
 * @param {boolean} group
 * @returns {() => void} stops forwarding
 */
function forwardSignal(signal, child, group) {
  const forward = () => {
    if (group && child.pid) process.kill(-child.pid, signal)
    // a terminal sends its interrupt to the child as well, and a second one means "at once" to many programs
    else if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  process.on(signal, forward)
  return () => process.off(signal, forward)
}
