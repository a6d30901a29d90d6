import type { Fetch, FetchResponse, ReadableStreamOfBytes, TimeoutSignal } from '../ports/fetch.js'
import { parseStrictJsonObject } from './strict-json.js'

/** How a JWK set is fetched once. */
export interface ReadJwkSetOptions {
  readonly url: string
  readonly fetch: Fetch
  /** Ends the attempt, also when `fetch` does not listen to it. */
  readonly signal: TimeoutSignal
  readonly maxBytes: number
  readonly maxKeys: number
}

/**
 * Fetches a JWK set (RFC 7517 section 5) once: no redirect, status 200, strict JSON, within the limits of time,
 * size and number. The keys are not looked at.
 * @throws Error for anything else
 */
export async function readJwkSet(options: ReadJwkSetOptions): Promise<readonly unknown[]> {
  const { signal } = options
  return orAbort(signal, async () => {
    const response = await options.fetch(options.url, {
      method: 'GET',
      redirect: 'manual',
      headers: { accept: 'application/jwk-set+json, application/json' },
      signal,
    })
    const set = parseStrictJsonObject(await readBody(response, options))
    const keys = set?.['keys']
    if (!Array.isArray(keys)) throw new Error('the answer is not a JWK set')
    if (keys.length > options.maxKeys) throw new Error(`the JWK set has more than ${options.maxKeys} keys`)
    return keys
  })
}

function orAbort<Result>(signal: TimeoutSignal, run: () => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Error('the JWK set did not arrive in time'))
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort)
    // run is async, so a synchronous throw of fetch is a rejection here too
    run()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort))
  })
}

async function readBody(
  response: FetchResponse,
  { maxBytes, signal }: ReadJwkSetOptions,
): Promise<Uint8Array> {
  const reader = response.body?.getReader()
  try {
    if (response.status !== 200 || response.redirected === true || reader === undefined) {
      throw new Error('the JWK set was not answered with status 200')
    }
    return await readAll(reader, maxBytes, signal)
  } finally {
    // what is left of the body is not wanted; a body that has ended does not mind
    reader?.cancel().catch(() => undefined)
  }
}

async function readAll(
  reader: ReturnType<ReadableStreamOfBytes['getReader']>,
  maxBytes: number,
  signal: TimeoutSignal,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    if (signal.aborted) throw new Error('the JWK set did not arrive in time')
    if (read.value === undefined) continue
    length += read.value.length
    if (length > maxBytes) throw new Error(`the JWK set is larger than ${maxBytes} bytes`)
    chunks.push(read.value)
  }
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}
