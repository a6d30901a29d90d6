import { WALK_CHAPTERS } from './chapters.js'
import { WIDTH } from './exchange-text.js'
import type { WalkStep } from './step.js'
import { createStepContext, type WalkContext } from './step-context.js'
import { wrapText } from './wrap-text.js'

/** What a walk needs. */
export type RunWalkOptions = Omit<WalkContext, 'kept'> & {
  /** Ends the walk before its next step. */
  readonly stop?: AbortSignal
}

/** How one step went. */
export interface StepOutcome {
  readonly title: string
  /** Empty when everything was as it should be. */
  readonly problems: readonly string[]
}

/** How the walk went. */
export interface WalkReport {
  readonly outcomes: readonly StepOutcome[]
  /** Every step ran, and everything was as it should be. */
  readonly isGood: boolean
}

/**
 * Walks through the main job over HTTP and shows every request and answer.
 * @returns how each step went; a step that fails stops none after it
 */
export async function runWalk(options: RunWalkOptions): Promise<WalkReport> {
  const { print, paint, stop } = options
  const context: WalkContext = { ...options, kept: new Map() }
  const outcomes: StepOutcome[] = []
  for (const { title, steps } of WALK_CHAPTERS) {
    print(paint('heading', `${title}\n${'='.repeat(title.length)}\n`))
    for (const step of steps) {
      if (stop?.aborted) return { outcomes, isGood: false }
      outcomes.push(await runStep(step, outcomes.length + 1, context))
    }
  }
  const failed = outcomes.filter(({ problems }) => problems.length > 0)
  printCounts(failed, outcomes.length, context)
  return { outcomes, isGood: outcomes.length > 0 && failed.length === 0 }
}

async function runStep(
  { title, why, run }: WalkStep,
  number: number,
  context: WalkContext,
): Promise<StepOutcome> {
  const { print, paint } = context
  const { step, problems, checks } = createStepContext(context)
  print(paint('heading', `${String(number).padStart(3)}. ${title}`))
  print(`     ${wrapText(why, WIDTH, '     ')}`)
  try {
    await run(step)
    if (checks() === 0) problems.push('the step looked at nothing')
  } catch (error) {
    problems.push(describeError(error))
  }
  for (const problem of problems) print(paint('bad', `     ! ${problem}`))
  print(problems.length === 0 ? paint('good', '     ok\n') : paint('bad', '     FAILED\n'))
  return { title, problems }
}

function printCounts(failed: readonly StepOutcome[], total: number, { print, paint }: WalkContext): void {
  const counts = `${total} steps: ${total - failed.length} ok, ${failed.length} FAILED`
  print(paint(failed.length === 0 ? 'good' : 'bad', counts))
  for (const { title } of failed) print(`  ${title}`)
}

/** What `fetch` throws says little by itself; its cause says why. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  const reason = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
  return `${error.message}${reason}`
}
