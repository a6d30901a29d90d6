import type { CodeMessage, CodeOptions } from '../../src/index.js'

/** Receives codes, fails, or hangs until the test lets the time run out. */
export interface Mailbox {
  readonly messages: CodeMessage[]
  readonly options: CodeOptions
  /** The code of the last message. */
  code(): string
  /** Settles when the next message has come in. */
  next(): Promise<void>
  /** What the next messages meet. */
  meet(fate: 'delivery' | 'failure' | 'silence' | 'throw'): void
  /** Ends the time of whoever waits. */
  runOut(): void
  readonly waits: number[]
}

export function createMailbox(options: Partial<CodeOptions> = {}): Mailbox {
  const messages: CodeMessage[] = []
  const waits: number[] = []
  const controllers: AbortController[] = []
  const waiting: (() => void)[] = []
  let fate: Parameters<Mailbox['meet']>[0] = 'delivery'
  const send = (message: CodeMessage): Promise<void> => {
    messages.push(message)
    for (const wake of waiting.splice(0)) wake()
    const error = new Error(`The carrier refused "${message.code}" to ${message.to}.`)
    if (fate === 'throw') throw error
    if (fate === 'failure') return Promise.reject(error)
    return fate === 'silence' ? new Promise(() => {}) : Promise.resolve()
  }
  const createTimeout = (milliseconds: number): AbortSignal => {
    const controller = new AbortController()
    controllers.push(controller)
    waits.push(milliseconds)
    return controller.signal
  }
  return {
    messages,
    waits,
    options: { send, createTimeout, ...options },
    code: () => messages.at(-1)?.code ?? '',
    next: () => new Promise(resolve => void waiting.push(resolve)),
    meet: next => {
      fate = next
    },
    runOut: () => {
      for (const controller of controllers) controller.abort()
    },
  }
}
