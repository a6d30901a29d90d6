import type { NodeRedisClient } from '../../src/index.js'

/** Every point at which a process can end within an operation of several commands. */
export const BREAKS: readonly { readonly at: number; readonly isEffective: boolean }[] = [
  1, 2, 3, 4, 5,
].flatMap(at => [
  { at, isEffective: false },
  { at, isEffective: true },
])

/** A client of which one command fails, before or after it has its effect, and all that follow. */
export function breaking(client: NodeRedisClient, at: number, isEffective: boolean): NodeRedisClient {
  let commands = 0
  const run = async (call: () => Promise<unknown>): Promise<unknown> => {
    commands += 1
    if (commands < at) return call()
    if (commands === at && isEffective) await call()
    throw new Error('broken')
  }
  return {
    evalSha: (sha, options) => run(() => client.evalSha(sha, options)),
    // part of the same attempt
    eval: (text, options) => client.eval(text, options),
  }
}
