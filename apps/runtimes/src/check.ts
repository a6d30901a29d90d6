import { AuthError } from '@authcore/core'

/** One thing that must hold in every runtime. */
export interface Check {
  readonly name: string
  /** Ends without an error when it holds. */
  run(): Promise<void>
}

/** What a check came to. */
export interface CheckResult {
  readonly name: string
  /** Absent when it held. */
  readonly error?: string
}

/** Runs checks one after another. */
export async function runChecks(checks: readonly Check[]): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = []
  for (const { name, run } of checks) {
    try {
      await run()
      results.push({ name })
    } catch (error) {
      results.push({
        name,
        error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      })
    }
  }
  return results
}

/** Compares what JSON shows of two values. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [is, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (is !== wanted) throw new Error(`${what}: ${is} instead of ${wanted}`)
}

/** What a verification came to: `accepted`, or the code of its error. Anything else but an `AuthError` is a bug. */
export async function verdictOf(verification: () => Promise<unknown>): Promise<string> {
  try {
    await verification()
    return 'accepted'
  } catch (error) {
    if (error instanceof AuthError) return error.code
    throw error
  }
}

/** Expects a refusal with a code. */
export async function expectRefused(verification: () => Promise<unknown>, code: string): Promise<void> {
  expectEqual(await verdictOf(verification), code, 'verdict')
}
