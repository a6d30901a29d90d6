import { TokenNotSendableError, VerifierFaultError } from './faults.js'
import type { VerifyToken } from './options.js'
import type { AttackSettings } from './settings.js'

/** What a verifier made of a token. */
export interface TokenOutcome {
  readonly outcome: 'accepted' | 'refused' | 'fault' | 'not_run'
  /** The error, or what broke; never the token. */
  readonly detail?: string
}

const MAX_DETAIL_LENGTH = 200

/** Shows a token to a verifier, which must answer in time. */
export async function showToken(
  verify: VerifyToken,
  token: string,
  { isRefusal, timeoutMs, startTimer }: Pick<AttackSettings, 'isRefusal' | 'timeoutMs' | 'startTimer'>,
): Promise<TokenOutcome> {
  return new Promise(resolve => {
    const cancel = startTimer(timeoutMs, () =>
      resolve({ outcome: 'fault', detail: `no answer in ${timeoutMs} ms` }),
    )
    callVerify(verify, token, isRefusal).then(outcome => {
      cancel()
      resolve(outcome)
    })
  })
}

async function callVerify(
  verify: VerifyToken,
  token: string,
  isRefusal: (error: unknown) => boolean,
): Promise<TokenOutcome> {
  try {
    const answer = await verify(token)
    // a caller that does not look at it lets everybody in
    if (answer === false) return { outcome: 'fault', detail: 'returned false; a refusal must throw' }
    return { outcome: 'accepted' }
  } catch (error) {
    return toOutcome(error, isRefusal)
  }
}

function toOutcome(error: unknown, isRefusal: (error: unknown) => boolean): TokenOutcome {
  if (!isError(error)) return { outcome: 'fault', detail: `threw what is no Error: ${typeof error}` }
  const detail = `${error.name}: ${error.message}`.slice(0, MAX_DETAIL_LENGTH)
  if (error instanceof TokenNotSendableError) return { outcome: 'not_run', detail: error.message }
  if (error instanceof VerifierFaultError) return { outcome: 'fault', detail: error.message }
  return { outcome: isRefusal(error) ? 'refused' : 'fault', detail }
}

/** Also of another realm. */
function isError(error: unknown): error is Error {
  return error instanceof Error || Object.prototype.toString.call(error) === '[object Error]'
}
