import { mkdtempSync, rmSync } from 'node:fs'
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
      const packed = await packPackage(source, target)
      for (const [check, findProblems] of Object.entries(CHECKS)) {
        const name = `${source.name}: ${check}`
        const problems = packed ? await findProblems(packed) : ['could not be packed']
        console.log(problems.length === 0 ? `ok  ${name}` : `BAD ${name}`)
        for (const problem of problems) console.log(`      ${problem}`)
        entries.push(checked(name, problems.length === 0))
      }
    }
  } finally {
    rmSync(target, { recursive: true })
  }
  return entries
}
