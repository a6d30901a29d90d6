import { StoreError } from '@authcore/core'
import { createOptionReader, type OptionReader } from '@authcore/core/extension'
import type { CreateTimeout } from '@authcore/core/ports'
import { transport as runtimeTransport } from '#outbound'
import { isLoopback, isSafeScheme } from '../loopback.js'
import { OutboundError } from './outbound-error.js'
import type { OutboundFetch, OutboundTransport } from './outbound-fetch.js'

/** What requests to providers may reach. */
export interface OutboundOptions {
  /**
   * Hosts, exact and in lower case, whose names may stand for private addresses: an identity provider of the own
   * network. None unless told.
   */
  readonly privateHosts?: readonly string[]
  /** Accepts `http` and loopback addresses for `localhost`, `127.0.0.1` and `[::1]`: for tests. `false` unless told. */
  readonly allowLoopback?: boolean
  /** How long one request may take, with its answer: 1 to 60 seconds, 10 unless told. */
  readonly timeoutSeconds?: number
  /** The longest answer that is read: 1,024 to 16,777,216 bytes, 1 MiB unless told. */
  readonly maxBytes?: number
  /** Makes the signal that ends a request; the timer of the runtime unless told. */
  readonly createTimeout?: CreateTimeout
  /** Sends what has passed the checks of URLs; that of the runtime unless told. Addresses are then its own affair. */
  readonly transport?: OutboundTransport
}

const HOST = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/
const MAX_URL = 8192

/**
 * Prepares requests to providers: `https` only, no redirects, within time and size, and on Node, Bun and Deno to
 * public addresses only, as the name resolves at the moment of connecting. IP addresses in URLs are refused.
 * @throws ConfigError `config_invalid` with every problem by path
 * @example
 * import { createOutboundFetch } from '@authcore/oauth'
 *
 * const fetch = createOutboundFetch({ privateHosts: ['login.corp.example.com'] })
 * const { status } = await fetch('https://login.corp.example.com/health', { method: 'GET', headers: {} })
 */
export function createOutboundFetch(options: OutboundOptions = {}): OutboundFetch {
  const reader = createOptionReader(options)
  const outbound = readOutbound(reader)
  reader.finish()
  return outbound.fetch
}

/** Requests as they were configured. */
export interface Outbound {
  readonly fetch: OutboundFetch
  readonly allowLoopback: boolean
  readonly timeoutSeconds: number
  readonly createTimeout: CreateTimeout
}

/** Reads the options; nothing may be sent before `finish` of the reader has passed. */
export function readOutbound(reader: OptionReader): Outbound {
  const privateHosts = reader.value('privateHosts', isHostList, 'up to 100 host names in lower case') ?? []
  const allowLoopback = reader.value('allowLoopback', isBoolean, 'true or false') ?? false
  const timeoutSeconds = reader.integer('timeoutSeconds', 1, 60, 10)
  const maxBytes = reader.integer('maxBytes', 1024, 16_777_216, 1_048_576)
  const createTimeout = reader.value('createTimeout', isCreateTimeout, 'a function') ?? systemTimeout
  const transport = reader.value('transport', isTransport, 'a function') ?? runtimeTransport
  const isPrivate = new Set(privateHosts)
  const fetch: OutboundFetch = async (target, request) => {
    const url = parseUrl(target, allowLoopback)
    const isPrivateAllowed = isPrivate.has(url.hostname) || (allowLoopback && isLoopback(url))
    const signal = createTimeout(1000 * timeoutSeconds)
    try {
      const answer = await transport({ ...request, url, signal, maxBytes, isPrivateAllowed })
      if (answer.body.length > maxBytes) throw new OutboundError('too_large')
      return answer
    } catch (error) {
      throw unavailable(error)
    }
  }
  return Object.freeze({ fetch, allowLoopback, timeoutSeconds, createTimeout })
}

function parseUrl(target: string, allowLoopback: boolean): URL {
  const url = target.length <= MAX_URL && URL.canParse(target) ? new URL(target) : undefined
  if (url === undefined || url.username !== '' || url.password !== '') throw refuse()
  if (!isSafeScheme(url, allowLoopback)) throw refuse()
  // providers have names; an address would need no look-up and so pass by the check of what names stand for
  if (isAddress(url.hostname) && !(allowLoopback && isLoopback(url))) throw refuse()
  return url
}

/** `URL` has written every notation of an IPv4 address (`0x7f.1`, `2130706433`) as four decimals. */
function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^\d+\.\d+\.\d+\.\d+\.?$/.test(hostname)
}

function refuse(): StoreError {
  return unavailable(new OutboundError('url_refused'))
}

function unavailable(error: unknown): StoreError {
  const cause = error instanceof OutboundError ? error : new OutboundError('network')
  return new StoreError('provider_unavailable', { cause })
}

function systemTimeout(milliseconds: number): AbortSignal {
  return AbortSignal.timeout(milliseconds)
}

function isHostList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= 100 && value.every(isHost)
}

function isHost(value: unknown): value is string {
  return typeof value === 'string' && HOST.test(value)
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean'
}

function isCreateTimeout(value: unknown): value is CreateTimeout {
  return typeof value === 'function'
}

function isTransport(value: unknown): value is OutboundTransport {
  return typeof value === 'function'
}
