import { ConfigError, StoreError } from '../errors.js'
import type { Clock } from '../ports/clock.js'
import { systemClock, systemFetch, systemTimeout } from '../ports/defaults.js'
import type { CreateTimeout, Fetch } from '../ports/fetch.js'
import { createJwkSetSource } from './jwk-set.js'
import { readJwkSet } from './read-jwk-set.js'
import type { JwsHeader, KeySource, VerificationKey } from './types.js'

/** Where a JWK set is and how long it counts. */
export interface CreateRemoteJwkSetOptions {
  /** An `https` URL without user or password. */
  readonly url: string
  /** Accepts `http` for `localhost`, `127.0.0.1` and `[::1]`, for tests and local development. */
  readonly allowHttpOnLoopback?: boolean
  /** For how long a fetched set is used without asking again, 1 to 86400; 600 when left out. */
  readonly maxAgeSeconds?: number
  /** For how long a set is used while it cannot be fetched again, at least `maxAgeSeconds`; 86400 when left out. */
  readonly maxStaleSeconds?: number
  /** The pause after a failure, or after a fetch that did not bring the key asked for, 1 to 3600; 30 when left out. */
  readonly cooldownSeconds?: number
  /** The time limit of one fetch, 0.001 to 60; 5 when left out. */
  readonly timeoutSeconds?: number
  /** The largest body to read, 1 to 16777216; 262144 when left out. */
  readonly maxBytes?: number
  /** Tells the time in epoch milliseconds; the clock of the runtime when left out. */
  readonly clock?: Clock
  /** The network of the runtime when left out. */
  readonly fetch?: Fetch
  /** The timer of the runtime when left out. */
  readonly createTimeout?: CreateTimeout
}

/** A JWK set at a URL, fetched when a key is needed. */
export interface RemoteJwkSet extends KeySource {
  /**
   * @throws StoreError `jwk_set_unavailable` when there is no set that may still be used; `cause` says why the last
   *   fetch failed
   */
  findKey(header: JwsHeader): Promise<VerificationKey | undefined>
}

interface FetchedSet {
  readonly source: KeySource
  /** When it was asked for, so that time on the way counts as age. Epoch milliseconds. */
  readonly fetchedAt: number
}

interface RemoteSettings {
  readonly url: string
  readonly maxAgeMs: number
  readonly maxStaleMs: number
  readonly cooldownMs: number
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly clock: Clock
  readonly fetch: Fetch
  readonly createTimeout: CreateTimeout
}

const MAX_KEYS = 100
const LOOPBACK_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/**
 * Creates a key source of a JWK set at a URL (RFC 7517 section 5). One fetch at a time, whoever waits; an unknown
 * `kid` leads to one more fetch, then to none for the cooldown; while the URL fails the last set is used up to its
 * upper age. Redirects are refused. Secrets, private keys, weak keys and keys of unknown types in the set are
 * passed over. Cache headers of the answer are not read: the ages above are the whole rule.
 * @throws ConfigError `config_invalid`
 * @example
 * ```ts
 * import { createRemoteJwkSet, verifyJwt } from '@authcore/core/jwt'
 *
 * const keys = createRemoteJwkSet({ url: 'https://issuer.example.com/.well-known/jwks.json' })
 * const { payload } = await verifyJwt('eyJhbGciOiJSUzI1NiIs...', keys, {
 *   issuer: 'https://issuer.example.com',
 *   audience: 'https://api.example.com',
 *   algorithms: ['RS256'],
 * })
 * ```
 */
export function createRemoteJwkSet(options: CreateRemoteJwkSetOptions): RemoteJwkSet {
  const settings = parseOptions(options)
  const { clock, maxAgeMs, maxStaleMs, cooldownMs } = settings
  let current: FetchedSet | undefined
  let pausedAt: number | undefined
  let pending: Promise<void> | undefined
  let failure: unknown

  return Object.freeze({
    async findKey(header: JwsHeader) {
      const isFetched = await ensureSet()
      const key = await current?.source.findKey(header)
      if (key !== undefined) return key
      if (isFetched) pause()
      if (isPaused()) return undefined
      await refresh()
      const found = await current?.source.findKey(header)
      if (found === undefined) pause()
      return found
    },
  })

  /** Makes sure of a set that may be used; says whether it was fetched for this call. */
  async function ensureSet(): Promise<boolean> {
    if (isYounger(current, maxAgeMs)) return false
    if (!isPaused()) await refresh()
    if (isYounger(current, maxAgeMs)) return true
    if (isYounger(current, maxStaleMs)) return false
    throw new StoreError('jwk_set_unavailable', { cause: failure })
  }

  /** Single flight: whoever comes while a fetch is under way waits for that one. Never rejects. */
  function refresh(): Promise<void> {
    pending ??= fetchSet().finally(() => {
      pending = undefined
    })
    return pending
  }

  async function fetchSet(): Promise<void> {
    const fetchedAt = clock()
    try {
      const signal = settings.createTimeout(settings.timeoutMs)
      // an attempt that has timed out is over: its answer has nowhere to go, however late it comes
      const keys = await readJwkSet({ ...settings, signal, maxKeys: MAX_KEYS })
      current = { source: createJwkSetSource(keys, { publicOnly: true }), fetchedAt }
    } catch (error) {
      failure = error
      pause()
    }
  }

  function pause(): void {
    pausedAt = clock()
  }

  function isPaused(): boolean {
    return pausedAt !== undefined && isWithin(pausedAt, cooldownMs)
  }

  function isYounger(set: FetchedSet | undefined, ageMs: number): boolean {
    return set !== undefined && isWithin(set.fetchedAt, ageMs)
  }

  /** A clock that was set back proves nothing about age, so it counts as too old. */
  function isWithin(since: number, durationMs: number): boolean {
    const elapsed = clock() - since
    return elapsed >= 0 && elapsed < durationMs
  }
}

function parseOptions(options: CreateRemoteJwkSetOptions): RemoteSettings {
  const { maxAgeSeconds = 600, cooldownSeconds = 30, timeoutSeconds = 5, maxBytes = 262_144 } = options
  const { maxStaleSeconds = Math.max(86_400, maxAgeSeconds) } = options
  return {
    url: parseUrl(options.url, options.allowHttpOnLoopback === true),
    maxAgeMs: 1000 * readNumber(maxAgeSeconds, 'maxAgeSeconds', 1, 86_400),
    maxStaleMs: 1000 * readNumber(maxStaleSeconds, 'maxStaleSeconds', maxAgeSeconds, 30 * 86_400),
    cooldownMs: 1000 * readNumber(cooldownSeconds, 'cooldownSeconds', 1, 3600),
    timeoutMs: 1000 * readNumber(timeoutSeconds, 'timeoutSeconds', 0.001, 60),
    maxBytes: readNumber(maxBytes, 'maxBytes', 1, 16_777_216),
    clock: options.clock ?? systemClock,
    fetch: options.fetch ?? systemFetch,
    createTimeout: options.createTimeout ?? systemTimeout,
  }
}

function parseUrl(value: unknown, isHttpAllowed: boolean): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined) throw refuse('url', 'must be an absolute URL')
  if (url.username !== '' || url.password !== '') throw refuse('url', 'must not hold a user or a password')
  const isLoopback = isHttpAllowed && url.protocol === 'http:' && LOOPBACK_HOSTS.includes(url.hostname)
  // whoever can change the answer on its way can sign tokens
  if (url.protocol !== 'https:' && !isLoopback) throw refuse('url', 'must begin with https://')
  return url.href
}

function readNumber(value: unknown, path: string, minimum: number, maximum: number): number {
  if (typeof value === 'number' && value >= minimum && value <= maximum) return value
  throw refuse(path, `must be a number from ${minimum} to ${maximum}`)
}

function refuse(path: string, message: string): ConfigError {
  return new ConfigError('config_invalid', [{ path, message }])
}
