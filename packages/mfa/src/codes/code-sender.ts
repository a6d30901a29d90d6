import { StoreError } from '@authcore/core'
import type { TimeoutSignal } from '@authcore/core/ports'
import type { FactorContext } from '../factor-context.js'
import type { CodeMessage } from './code-message.js'

/** For whom and for which factor. */
export interface CodeRecipient {
  readonly subject: string
  readonly factorId: string
}

/**
 * Sends a code, within the time that the options allow.
 * @throws StoreError `code_delivery_failed`
 */
export async function deliverCode(
  message: Omit<CodeMessage, 'signal'>,
  recipient: CodeRecipient,
  { host, settings }: FactorContext,
): Promise<void> {
  const details = { ...recipient, method: message.channel }
  const { codes } = settings
  if (codes === undefined) throw new StoreError('code_delivery_failed')
  const signal = codes.createTimeout(codes.sendTimeoutSeconds * 1000)
  try {
    const sending = Promise.resolve().then(() => codes.send(Object.freeze({ ...message, signal })))
    await Promise.race([sending, rejectOnAbort(signal)])
  } catch {
    host.emit('factor.code_delivery_failed', details)
    // without a cause: the error of a sender may quote what it was to send
    throw new StoreError('code_delivery_failed')
  }
  host.emit('factor.code_sent', details)
}

function rejectOnAbort(signal: TimeoutSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => reject(new Error('The time is up.'))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort)
  })
}
