import { COMMON_PASSWORD_TEXT } from './common-password-text.js'

/** Unfolds the shipped list. Takes some milliseconds and about two megabytes. */
export function readCommonPasswords(): ReadonlySet<string> {
  const passwords = new Set<string>()
  let previous = ''
  for (const line of COMMON_PASSWORD_TEXT.split('\n')) {
    previous = previous.slice(0, Number.parseInt(line.charAt(0), 36)) + line.slice(1)
    passwords.add(previous)
  }
  return passwords
}
