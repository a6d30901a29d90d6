/** Every refresh token of core begins so, and nothing else does. */
const PREFIX = 'rt_'

/** True for text that has the form of a refresh token; says nothing about validity. */
export function isRefreshToken(text: string): boolean {
  return text.startsWith(PREFIX)
}
