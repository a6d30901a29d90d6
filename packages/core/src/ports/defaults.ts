import type { Clock } from './clock.js'
import type { Fetch } from './fetch.js'
import type { Random } from './random.js'

/** The clock of the runtime. */
export const systemClock: Clock = () => Date.now()

/** The random source of the runtime (Web Cryptography, `getRandomValues`). */
export const systemRandom: Random = length => globalThis.crypto.getRandomValues(new Uint8Array(length))

/** The network of the runtime, looked up at each call so that tests and tracers may replace it. */
export const systemFetch: Fetch = (url, init) => globalThis.fetch(url, init)
