import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { pnpm } from '../pnpm.mjs'
import { run } from '../run.mjs'

/**
 * @param {import('../workspace-packages.mjs').WorkspacePackage} source
 * @param {string} target an empty directory
 * @returns {Promise<import('./check-packages.mjs').PackedPackage | undefined>} `undefined` when that fails
 */
export async function packPackage({ name, directory }, target) {
  const { version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const base = `${name.replace('@', '').replace('/', '-')}-${version}`
  const tarball = join(target, `${base}.tgz`)
  const unpacked = join(target, base)
  mkdirSync(unpacked)
  const packed = await pnpm(['pack', '--pack-destination', target], { cwd: directory, output: 'ignore' })
  if (packed !== 0 || (await run('tar', ['-xzf', tarball, '-C', unpacked])) !== 0) return undefined
  const contents = join(unpacked, 'package')
  return { name, directory, tarball, contents, files: filesOf(contents) }
}

/** @param {string} directory */
function filesOf(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry =>
      join(entry.parentPath, entry.name)
        .slice(directory.length + 1)
        .split(sep)
        .join('/'),
    )
    .sort()
}
