// Checks who imports whom, and what core may touch. Prints `file:line  rule  reason` and exits with 1 on any.
import { checkBoundaries } from './boundaries/check-boundaries.mjs'
import { ROOT } from './root.mjs'

const { files, violations } = checkBoundaries(process.argv[2] ?? ROOT)
for (const { file, line, rule, message } of violations) console.log(`${file}:${line}  ${rule}  ${message}`)
console.log(`boundaries: ${files} files, ${violations.length} violations`)
if (files === 0) console.log('boundaries: nothing to check is a failure')
process.exitCode = violations.length > 0 || files === 0 ? 1 : 0
