// Writes docs/trace/README.md: which requirement is proved by which test. Exits with 1 where one has no answer.
import { writeTrace } from './trace/check-trace.mjs'

process.exitCode = writeTrace() ? 0 : 1
