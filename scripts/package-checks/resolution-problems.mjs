import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../root.mjs'

/**
 * arethetypeswrong, for packages of ES modules only: how CommonJS and the resolution of Node 10 see them is not asked.
 *
 * @param {import('./check-packages.mjs').PackedPackage} packed
 * @returns {Promise<string[]>}
 */
export async function findResolutionProblems({ tarball }) {
  const program = join(ROOT, 'node_modules/.bin/attw')
  const args = [tarball, '--profile=esm-only', '--format=ascii', '--no-color', '--no-emoji']
  try {
    const { stdout } = await promisify(execFile)(program, args)
    // a package without any types has nothing wrong to say about them
    return stdout.includes('does not contain types') ? ['no types'] : []
  } catch (error) {
    return String(error instanceof Error && 'stdout' in error ? error.stdout : error)
      .trim()
      .split('\n')
  }
}
