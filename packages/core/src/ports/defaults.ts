import type { Clock } from './clock.js'
import type { CreateTimeout, Fetch } from './fetch.js'
import { createPooledRandom } from './pooled-random.js'
import type { Random } from './random.js'

/** The clock of the runtime. */
export const systemClock: Clock = () => Date.now()

/** The random source of the runtime (Web Cryptography, `getRandomValues`). */
export const systemRandom: Random = /* @__PURE__ */ createPooledRandom(bytes =>
  globalThis.crypto.getRandomValues(bytes),
)

/** The network of the runtime, looked up at each call so that tests and tracers may replace it. */
export const systemFetch: Fetch = (url, { method, redirect, headers, signal }) =>
  // signals of this type come from `systemTimeout` or from a caller who passes an AbortSignal
  globalThis.fetch(url, { method, redirect, headers, signal: signal as AbortSignal })

/** The timer of the runtime. */
export const systemTimeout: CreateTimeout = milliseconds => AbortSignal.timeout(milliseconds)
