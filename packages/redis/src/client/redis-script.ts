import { createHash } from 'node:crypto'

/** A script with the name that the server knows it by. */
export interface RedisScript {
  readonly text: string
  /** SHA-1 of the text, hexadecimal. */
  readonly sha: string
  /** Whether it changes anything that must last. */
  readonly isWrite: boolean
}

/** Defines a script that changes nothing that must last. Primaries run it all the same: a replica may not know yet. */
export function readingScript(...parts: readonly string[]): RedisScript {
  return defineScript(parts, false)
}

/** Defines a script whose effect must last. */
export function writingScript(...parts: readonly string[]): RedisScript {
  return defineScript(parts, true)
}

function defineScript(parts: readonly string[], isWrite: boolean): RedisScript {
  const text = parts.map(part => part.trim()).join('\n')
  return Object.freeze({ text, sha: createHash('sha1').update(text).digest('hex'), isWrite })
}
