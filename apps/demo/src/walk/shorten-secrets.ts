/** JWTs, opaque tokens (of refreshes, pending logins, devices, resets) and API keys, also when forged. */
const CREDENTIAL = /\beyJ[\w-]+\.[\w-]*\.[\w-]*|\b(?:rt|pl|dv|pr)_[\w-]{20,}|\bsk_[a-z]+_\w{20,}/g

/** Long texts without a space, such as the modulus of a key: no secrets, but nothing to read either. */
const NOISE = /(?<![\w-])[\w-]{60,}(?![\w-])/g

/** Leaves the first 12 and the last 4 characters of every credential and of everything as long as one. */
export function shortenSecrets(text: string): string {
  return text.replace(CREDENTIAL, shorten).replace(NOISE, shorten)
}

function shorten(text: string): string {
  return `${text.slice(0, 12)}…${text.slice(-4)}`
}
