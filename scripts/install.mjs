import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pnpm } from './pnpm.mjs'
import { ROOT } from './root.mjs'
import { workspacePackages } from './workspace-packages.mjs'

const STAMP = join(ROOT, 'node_modules/.installed')

/**
 * Installs what the lockfile says, unless that was done before.
 *
 * @param {{ output?: 'stdout' | 'stderr' }} [options]
 * @returns {Promise<number>} the exit code
 */
export async function install(options = {}) {
  const wanted = fingerprint()
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return 0
  const code = await pnpm(['install', '--frozen-lockfile', '--reporter=append-only'], options)
  if (code === 0) writeFileSync(STAMP, wanted)
  return code
}

/** Of everything that decides what is installed, and for which platform. */
function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`)
  for (const path of inputs()) hash.update(`\0${path}\0`).update(readFileSync(join(ROOT, path)))
  return hash.digest('hex')
}

function inputs() {
  const manifests = workspacePackages().map(({ directory }) =>
    relative(ROOT, join(directory, 'package.json')),
  )
  return ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...manifests]
}
