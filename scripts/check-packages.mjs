// Packs every public package as it would be published and examines the result; needs a build.
import { checkPackages } from './package-checks/check-packages.mjs'

const entries = await checkPackages()
process.exitCode = entries.every(({ outcome }) => outcome === 'passed') && entries.length > 0 ? 0 : 1
