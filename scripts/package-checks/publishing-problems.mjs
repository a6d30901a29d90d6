import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

/**
 * publint, strictly: warnings and suggestions count.
 *
 * @param {import('./check-packages.mjs').PackedPackage} packed
 * @returns {Promise<string[]>}
 */
export async function findPublishingProblems({ contents }) {
  const { messages } = await publint({ pkgDir: contents, pack: false, strict: true, level: 'suggestion' })
  const manifest = JSON.parse(readFileSync(join(contents, 'package.json'), 'utf8'))
  return messages.map(message => formatMessage(message, manifest, { color: false }) ?? message.code)
}
