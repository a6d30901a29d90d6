import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checked } from '../tally.mjs'
import { workspacePackages } from '../workspace-packages.mjs'
import { findFileProblems } from './file-problems.mjs'
import { packPackage } from './pack-package.mjs'
import { findPublishingProblems } from './publishing-problems.mjs'
import { findResolutionProblems } from './resolution-problems.mjs'
import { findTypeProblems } from './type-problems.mjs'

/**
 * @typedef {object} PackedPackage
 * @property {string} name
 * @property {string} directory absolute path of its sources
 * @property {string} tarball absolute path
 * @property {string} contents absolute path of the unpacked tarball
 * @property {string[]} files relative to `contents`, sorted
 */

/** @type {Record<string, (packed: PackedPackage) => string[] | Promise<string[]>>} */
const CHECKS = {
  'file list': packed => findFileProblems(packed),
  publint: findPublishingProblems,
  'are the types wrong': findResolutionProblems,
  'neutral types': findTypeProblems,
}

/**
 * Packs every public package and looks at what would be published.
 *
 * @returns {Promise<import('../tally.mjs').Entry[]>}
 */
export async function checkPackages() {
  const target = mkdtempSync(join(tmpdir(), 'authcore-pack-'))
  /** @type {import('../tally.mjs').Entry[]} */
  const entries = []
  try {
    for (const source of workspacePackages().filter(({ isPublic }) => isPublic)) {
      const packed = isBuilt(source) ? await packPackage(source, target) : undefined
      entries.push(report(source.name, 'packed', packed ? [] : ['not built, or pnpm pack failed']))
      if (!packed) continue
      for (const [check, findProblems] of Object.entries(CHECKS)) {
        entries.push(report(source.name, check, await findProblems(packed)))
      }
    }
  } finally {
    rmSync(target, { recursive: true })
  }
  return entries
}

/** @param {import('../workspace-packages.mjs').WorkspacePackage} source */
function isBuilt({ directory }) {
  return existsSync(join(directory, 'dist'))
}

/**
 * @param {string} packageName
 * @param {string} check
 * @param {readonly string[]} problems
 */
function report(packageName, check, problems) {
  const name = `${packageName}: ${check}`
  console.log(problems.length === 0 ? `ok  ${name}` : `BAD ${name}`)
  for (const problem of problems) console.log(`      ${problem}`)
  return checked(name, problems.length === 0)
}
