import type { TestRunner } from '../runner.js'

/** What is left out, and why. */
export interface LeaveOutOptions {
  readonly runner: TestRunner
  /** As it would be called in `storeConformance`. */
  readonly name: string
  readonly reason: string
  readonly print?: (report: string) => void
}

/**
 * Stands in for a suite whose server is missing, so that nobody takes silence for success: the report says what was
 * left out, and with CI set that is a failure.
 */
export function leaveOut({
  runner,
  name,
  reason,
  print = text => process.stdout.write(`${text}\n`),
}: LeaveOutOptions): void {
  const text = `Conformance of ${name}: LEFT OUT, ${reason}`
  runner.describe(name, () => {
    runner.it('has a server, unless it is left out by name', async () => {
      print(text)
      if (isCi()) throw new Error(`${text}. With CI set, leaving out is a failure.`)
    })
  })
}

function isCi(): boolean {
  const { CI = '' } = process.env
  return CI !== '' && CI !== '0' && CI !== 'false'
}
