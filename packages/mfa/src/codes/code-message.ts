import type { TimeoutSignal } from '@authcore/core/ports'
import type { CodeChannel } from '../factor.js'

/** What is to be sent. */
export interface CodeMessage {
  readonly channel: CodeChannel
  /** A number in E.164 (`+14155550123`), or an e-mail address. */
  readonly to: string
  /** Digits. Say in the text which service they are for, and that nobody will ask for them. */
  readonly code: string
  /** What the code does: add this number or address, finish a login, or prove the factor of a session again. */
  readonly purpose: CodePurpose
  /** Epoch milliseconds. */
  readonly expiresAt: number
  /** Aborts when the time is up. */
  readonly signal: TimeoutSignal
}

/** What a code is good for. */
export type CodePurpose = 'enrolment' | 'login' | 'step_up'

/** Hands a message over. What it throws reaches nobody: it may quote the code. */
export type SendCode = (message: CodeMessage) => Promise<void>
