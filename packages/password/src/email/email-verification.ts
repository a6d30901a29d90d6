import { InvalidRequestError } from '@authcore/core'
import { createActionTokens } from '../action-tokens.js'
import type { IssuedActionToken } from '../login/login.js'
import { findAccountBySubject, isUsable, refuseLogin } from '../login/login-context.js'
import type { LoginSettings } from '../login/login-options.js'

/** Proofs that somebody reads the mail of an address. */
export interface EmailVerification {
  issue(options: { readonly subject: string; readonly email: string }): Promise<IssuedActionToken>
  verify(token: string): Promise<{ readonly subject: string; readonly email: string }>
}

export const EMAIL_VERIFICATION_PREFIX = 'ev_'

const MAX_EMAIL_LENGTH = 320
const MAX_SUBJECT_LENGTH = 255

/** Prepares tokens that are sent to an address and come back by its owner. */
export function createEmailVerification(settings: LoginSettings): EmailVerification {
  const { auth, actionTokenSeconds } = settings
  const kind = {
    prefix: EMAIL_VERIFICATION_PREFIX,
    purpose: 'password.email',
    lifetimeSeconds: actionTokenSeconds,
  }
  const tokens = createActionTokens(auth, kind)
  return Object.freeze({
    issue: async ({ subject, email }) => {
      validateText(subject, 'subject', MAX_SUBJECT_LENGTH)
      validateText(email, 'email', MAX_EMAIL_LENGTH)
      // the state is the address itself: it is sealed in the token
      return tokens.issue({ subject, state: email })
    },
    verify: async token => {
      const opened = await tokens.open(token)
      const account = opened && (await findAccountBySubject(opened.subject, settings))
      const isRight = opened !== undefined && isUsable(account) && isSameAddress(account.email, opened.state)
      if (!isRight || !(await tokens.spend(opened))) {
        throw refuseLogin('email_verification_invalid', settings, { subject: opened?.subject, client: {} })
      }
      const { subject, state: email } = opened
      auth.emit('email.verified', { subject })
      return Object.freeze({ subject, email })
    },
  } satisfies EmailVerification)
}

/** Accounts whose address the application does not tell have the one that the token was issued for. */
function isSameAddress(current: string | null | undefined, verified: string): boolean {
  return current === undefined || current === verified
}

function validateText(value: unknown, name: string, maximum: number): void {
  if (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= maximum &&
    !/\p{Surrogate}/u.test(value)
  )
    return
  throw new InvalidRequestError('argument_invalid', {
    detail: `${name} must be 1 to ${maximum} characters of text.`,
  })
}
