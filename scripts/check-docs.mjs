// Compiles the examples of the documentation; the packages must have been built. Exits with 1 on any problem.
import { checkDocs } from './docs/check-docs.mjs'

process.exitCode = checkDocs().some(({ outcome }) => outcome === 'failed') ? 1 : 0
