// Builds the packages and runs them in every runtime. Exits with 1 if one fails or is missing.
import { install } from './install.mjs'
import { describeTally } from './tally.mjs'
import { turbo } from './turbo.mjs'

/** Checked with its own settings, which know the DOM. */
const RUNTIMES = new URL('../apps/runtimes/scripts/run-runtimes.mjs', import.meta.url).href

if ((await install()) !== 0 || (await turbo(['build', '--output-logs=errors-only'])) !== 0) process.exit(1)
// loaded late: it needs what was installed above
const { runRuntimes } = await import(RUNTIMES)
const entries = await runRuntimes()
console.log(describeTally(entries))
process.exitCode = entries.some(
  (/** @type {import("./tally.mjs").Entry} */ { outcome }) => outcome === 'failed',
)
  ? 1
  : 0
