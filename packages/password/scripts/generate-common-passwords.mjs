// Writes src/policy/common-password-text.ts from the list of a package; run it after a new version of that package.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dictionary } from '@zxcvbn-ts/language-common'

const TARGET = new URL('../src/policy/common-password-text.ts', import.meta.url)

/** Shorter ones are refused for their length by every policy. */
const LEAST_LENGTH = 8

/** @returns {string} the whole module */
export function renderCommonPasswords() {
  const passwords = selectPasswords(dictionary['passwords-common'] ?? [])
  const text = frontCode(passwords).join('\\n')
  return `/**
 * ${passwords.length.toLocaleString('en')} common passwords of at least ${LEAST_LENGTH} characters in lower case, sorted. Each line is the number
 * of characters that it shares with the one before (base 36), and the rest. Generated from
 * @zxcvbn-ts/language-common ${versionOfSource()} (MIT, see NOTICE.md) by scripts/generate-common-passwords.mjs.
 */
export const COMMON_PASSWORD_TEXT: string =
  // biome-ignore format: one line
  '${text}'
`
}

/** @param {readonly (string | number)[]} words */
function selectPasswords(words) {
  const canonical = words.map(word => String(word).normalize('NFKC').toLowerCase())
  const chosen = canonical.filter(word => word.length >= LEAST_LENGTH && /^[!-&(-[\]-~]+$/.test(word))
  return [...new Set(chosen)].sort()
}

/** @param {readonly string[]} words sorted */
function frontCode(words) {
  return words.map((word, index) => {
    const shared = sharedLength(words[index - 1] ?? '', word)
    return shared.toString(36) + word.slice(shared)
  })
}

/**
 * @param {string} one
 * @param {string} other
 */
function sharedLength(one, other) {
  let length = 0
  while (length < 35 && length < one.length && one[length] === other[length]) length += 1
  return length
}

function versionOfSource() {
  const entry = createRequire(import.meta.url).resolve('@zxcvbn-ts/language-common')
  const manifest = new URL('../package.json', `file://${entry}`)
  return JSON.parse(readFileSync(manifest, 'utf8')).version
}

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(TARGET, renderCommonPasswords())
