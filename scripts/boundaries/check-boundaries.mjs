import { checkCoreGlobals } from './core-globals.mjs'
import { bindCore } from './core-program.mjs'
import { checkCoreSignatures } from './core-signatures.mjs'
import { checkImportCycles } from './import-cycles.mjs'
import { checkImportDirection } from './import-direction.mjs'
import { readWorkspace } from './workspace.mjs'

/**
 * @param {string} root absolute path of the workspace
 * @returns {{ files: number, violations: import('./workspace.mjs').Violation[] }}
 */
export function checkBoundaries(root) {
  const packages = readWorkspace(root)
  const core = bindCore(packages)
  const violations = [
    ...checkImportDirection(packages),
    ...checkImportCycles(packages),
    ...checkCoreGlobals(core),
    ...checkCoreSignatures(core),
  ]
  return { files: packages.reduce((sum, { files }) => sum + files.length, 0), violations: sorted(violations) }
}

/** @param {import('./workspace.mjs').Violation[]} violations */
function sorted(violations) {
  return violations.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line)
}
