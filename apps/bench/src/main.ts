import { parseArguments, USAGE } from './arguments.js'
import { runBenchmarks } from './run-benchmarks.js'

let parsed: ReturnType<typeof parseArguments> | undefined
try {
  parsed = parseArguments(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  console.error(USAGE)
  process.exitCode = 2
}
if (parsed !== undefined) {
  process.exitCode = await runBenchmarks(parsed)
  // clients and servers of a failed subject must not keep the program alive
  process.exit()
}
