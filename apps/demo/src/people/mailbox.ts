import type { Clock } from '@authcore/core'

/** A message that a real service would send. */
export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** Epoch milliseconds. */
  readonly writtenAt: number
}

/** Where the demo puts what it would send: in memory, for whoever runs the demo. */
export interface Mailbox {
  put(mail: Omit<Mail, 'writtenAt'>): void
  /** The newest come first. */
  list(): readonly Mail[]
  /** Prints every mail from now on. */
  showMails(): void
}

const CAPACITY = 20

/** Creates an empty mailbox of the last 20 mails. */
export function createMailbox(clock: Clock, print: (text: string) => void): Mailbox {
  let mails: readonly Mail[] = []
  let isShown = false
  return {
    put: mail => {
      mails = [{ ...mail, writtenAt: clock() }, ...mails].slice(0, CAPACITY)
      if (isShown) print(`\nMail to ${mail.to} (shown here, not sent): ${mail.subject}\n${mail.text}`)
    },
    list: () => mails,
    showMails: () => {
      isShown = true
    },
  }
}
