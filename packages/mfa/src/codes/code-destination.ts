import { InvalidRequestError } from '@authcore/core'
import type { CodeChannel } from '../factor.js'

/** Where a code goes. */
export interface CodeDestination {
  /** As it is handed to the sender. */
  readonly to: string
  /** The same for the spellings of one destination. */
  readonly canonical: string
  /** What may be shown: `•• 89`, `a•••@example.com`. */
  readonly sentTo: string
}

/** ITU-T E.164: a plus sign and up to 15 digits. */
const PHONE = /^\+[1-9][0-9]{6,14}$/
/** One address and nothing else: no list, no name, no second line of a header. */
const EMAIL =
  /^[^\s@<>()[\]\\,;:"\p{C}]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u
const MAX_LENGTHS = { sms: 32, email: 254 } as const

/**
 * Checks a telephone number or an e-mail address.
 * @throws InvalidRequestError `argument_invalid`; never quotes it
 */
export function parseDestination(channel: CodeChannel, text: unknown): CodeDestination {
  if (typeof text === 'string' && text.length <= MAX_LENGTHS[channel]) {
    if (channel === 'email' && EMAIL.test(text)) return toEmail(text)
    const number = text.replace(/[ ().-]/g, '')
    if (channel === 'sms' && PHONE.test(number)) {
      return { to: number, canonical: number, sentTo: `•• ${number.slice(-2)}` }
    }
  }
  const expected = channel === 'sms' ? 'a telephone number such as +14155550123' : 'an e-mail address'
  throw new InvalidRequestError('argument_invalid', { detail: `to must be ${expected}.` })
}

function toEmail(address: string): CodeDestination {
  const host = address.slice(address.lastIndexOf('@'))
  const [first = ''] = address
  return { to: address, canonical: address.normalize('NFKC').toLowerCase(), sentTo: `${first}•••${host}` }
}
