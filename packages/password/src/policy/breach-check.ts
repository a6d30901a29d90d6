/** Settings of one look-up. */
export interface BreachCheckSettings {
  readonly findBreach: FindBreach
  readonly timeoutMilliseconds: number
  readonly createTimeout: (milliseconds: number) => AbortSignal
}

/**
 * Looks a password up among those that have become known.
 * @param password normalised; it must leave the process at most as a part of its hash
 * @param options `signal` aborts when the answer would come too late
 * @returns `true` when it has become known
 */
export type FindBreach = (
  password: string,
  options: { readonly signal: AbortSignal },
) => boolean | Promise<boolean>

/**
 * Asks, and takes no answer in time for a failure.
 * @returns `failed` for an error, a late answer and an answer that is neither true nor false
 */
export async function checkBreach(
  password: string,
  { findBreach, timeoutMilliseconds, createTimeout }: BreachCheckSettings,
): Promise<'found' | 'not_found' | 'failed'> {
  const signal = createTimeout(timeoutMilliseconds)
  try {
    const answer: unknown = await Promise.race([findBreach(password, { signal }), lateAnswer(signal)])
    if (typeof answer !== 'boolean') return 'failed'
    return answer ? 'found' : 'not_found'
  } catch {
    return 'failed'
  }
}

function lateAnswer(signal: AbortSignal): Promise<undefined> {
  return new Promise(resolve => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined))
  })
}
