/** One call of a recorded concurrent history. The instants are those of a counter that never stands still. */
export interface HistoryCall<Input, Output> {
  readonly input: Input
  /** Absent when the answer was lost: the call may have had its effect at any time after `calledAt`, or never. */
  readonly output?: Output
  readonly calledAt: number
  /** `Infinity` when the answer was lost. */
  readonly answeredAt: number
}

/** What a store does when it is asked one thing after the other. */
export interface SequentialSpec<State, Input, Output> {
  readonly initial: State
  apply(state: State, input: Input): { readonly state: State; readonly output: Output }
}

/**
 * Looks for an order of the calls of a history in which a sequential store would have given exactly these answers,
 * and in which no call stands before one that was answered before it was made (Herlihy and Wing, 1990). The search
 * is that of Wing and Gong (1993) with the memory of Lowe (2017): a set of calls that led to a state is never
 * looked at twice.
 *
 * @param states must survive JSON: their text tells whether two are the same
 * @returns the calls in such an order, without lost ones that had no effect; `undefined` when there is none: the
 *   store is not atomic
 */
export function findLinearization<State, Input, Output>(
  history: readonly HistoryCall<Input, Output>[],
  spec: SequentialSpec<State, Input, Output>,
): readonly HistoryCall<Input, Output>[] | undefined {
  const seen = new Set<string>()

  const search = (
    open: readonly HistoryCall<Input, Output>[],
    state: State,
  ): readonly HistoryCall<Input, Output>[] | undefined => {
    if (open.every(isLost)) return []
    const key = `${open.map(call => history.indexOf(call))} ${JSON.stringify(state)}`
    if (seen.has(key)) return undefined
    seen.add(key)
    // whoever was answered before a call was made stands before that call
    const firstAnswer = Math.min(...open.map(({ answeredAt }) => answeredAt))
    for (const call of open) {
      if (call.calledAt > firstAnswer) continue
      const next = spec.apply(state, call.input)
      if (!isLost(call) && !isSame(next.output, call.output)) continue
      const rest = search(
        open.filter(other => other !== call),
        next.state,
      )
      if (rest !== undefined) return [call, ...rest]
    }
    return undefined
  }
  return search(history, spec.initial)
}

function isLost({ answeredAt }: HistoryCall<unknown, unknown>): boolean {
  return answeredAt === Number.POSITIVE_INFINITY
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
