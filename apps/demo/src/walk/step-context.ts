import { sendRequest } from './answer.js'
import { describeAnswer, describeRequest } from './exchange-text.js'
import { findProblems } from './expectation.js'
import type { Paint } from './paint.js'
import type { KeptName, StepContext } from './step.js'
import type { WalkServer } from './walk-server.js'

/** What all steps of one walk share. */
export interface WalkContext {
  readonly server: WalkServer
  readonly admin: StepContext['admin']
  readonly print: (line: string) => void
  readonly paint: Paint
  readonly kept: Map<KeptName, string>
}

/** A step context, and what was found wrong in it. */
export interface ObservedStep {
  readonly step: StepContext
  readonly problems: string[]
  /** How many answers and facts were looked at: a step that looks at nothing proves nothing. */
  readonly checks: () => number
}

/** Prepares one step of a walk. */
export function createStepContext({ server, admin, print, paint, kept }: WalkContext): ObservedStep {
  const { baseUrl } = server
  const problems: string[] = []
  let checks = 0
  const note = (found: readonly string[]): void => {
    checks += 1
    problems.push(...found)
  }
  return {
    problems,
    checks: () => checks,
    step: {
      baseUrl,
      admin,
      call: async request => {
        for (const line of describeRequest(request)) print(line)
        const answer = await sendRequest(baseUrl, request)
        for (const line of describeAnswer(answer)) print(paint('faint', line))
        return answer
      },
      expect: (answer, expectation) => note(findProblems(answer, expectation)),
      check: (holds, problem) => note(holds ? [] : [problem]),
      keep: (name, value) => {
        kept.set(name, value)
      },
      kept: name => {
        const value = kept.get(name)
        if (value === undefined) throw new Error(`an earlier step did not deliver ${name}`)
        return value
      },
      advanceClock: async (seconds, reason) => {
        await server.advanceClock(seconds)
        print(paint('faint', `     (${seconds} seconds later: ${reason})`))
      },
      restart: async () => {
        const { before, after } = await server.restart()
        note(before === after ? ['the server is still the same one'] : [])
        print(paint('faint', `     (${before} ended; ${after} started on the same data)`))
      },
    },
  }
}
