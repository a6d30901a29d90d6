// Removes everything that a build or a test run leaves behind; installed packages stay.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './root.mjs'
import { workspacePackages } from './workspace-packages.mjs'

for (const directory of [ROOT, ...workspacePackages().map(({ directory }) => directory)]) {
  for (const name of ['dist', 'coverage', 'reports', '.turbo']) {
    rmSync(join(directory, name), { recursive: true, force: true })
  }
}
