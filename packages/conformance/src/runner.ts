/**
 * The part of a test runner that is called. `{ describe, it, afterAll }` of vitest, jest and bun fit as they are;
 * for node:test pass `{ describe, it, afterAll: after }`.
 */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown
  /** `timeoutMs` is for runners that end a slow test; those that never do may ignore it. */
  readonly it: (name: string, test: () => Promise<void>, timeoutMs?: number) => unknown
  /** Called inside of the outermost `describe`. */
  readonly afterAll: (hook: () => void | Promise<void>) => unknown
}
