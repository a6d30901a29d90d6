import type { HistoryCall } from './find-linearization.js'

/**
 * Runs several clients at once, each of which makes its calls one after the other, and writes down when each call
 * was made and answered.
 * @param clients the steps of each client
 * @param call makes one call; `input` is what the sequential store will be asked
 */
export async function recordHistory<Step, Input, Output>(
  clients: readonly (readonly Step[])[],
  call: (step: Step, client: number) => { readonly input: Input; readonly output: Promise<Output> },
): Promise<readonly HistoryCall<Input, Output>[]> {
  const history: HistoryCall<Input, Output>[] = []
  let instant = 0
  const runClient = async (steps: readonly Step[], client: number): Promise<void> => {
    for (const step of steps) {
      const calledAt = instant++
      const { input, output: pending } = call(step, client)
      const output = await pending
      history.push({ input, output, calledAt, answeredAt: instant++ })
    }
  }
  await Promise.all(clients.map(runClient))
  return history
}
