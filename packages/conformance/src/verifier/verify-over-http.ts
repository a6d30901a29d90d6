import { TokenNotSendableError, TokenRefusedError, VerifierFaultError } from './faults.js'
import type { VerifyToken } from './options.js'

/** The part of `fetch` that is called; that of every runtime fits. */
export type AttackFetch = (
  url: string,
  init: {
    readonly method: string
    readonly headers: Readonly<Record<string, string>>
    readonly redirect: 'manual'
  },
) => Promise<{ readonly status: number; readonly body?: { cancel(): Promise<void> } | null }>

/** How a running API is asked. */
export interface VerifyOverHttpOptions {
  /** A resource that answers with a status of 200 to 299 to every valid token. */
  readonly url: string
  /** `GET` unless told. */
  readonly method?: string
  /** Header fields that carry the token; `Authorization: Bearer` unless told. */
  readonly headers?: (token: string) => Readonly<Record<string, string>>
  /**
   * What counts as a refusal; 400, 401 and, for what no server reads, 414 and 431 unless told. All else, 403 and 500
   * included, is a fault: the token was not refused for being a bad one.
   */
  readonly refusedStatuses?: readonly number[]
  /** The network; that of the runtime unless told. */
  readonly fetch?: AttackFetch
}

const REFUSED: readonly number[] = [400, 401, 414, 431]

/**
 * Makes a verifier of a running API: `verifierConformance({ verify: verifyOverHttp({ url }), ... })`. Redirects are
 * not followed. A token that no header field can carry is not sent, which the report counts as not run.
 * @example
 * ```ts
 * import { attackVerifier, verifyOverHttp } from '@authcore/conformance'
 *
 * const report = await attackVerifier({
 *   name: 'my API',
 *   algorithms: ['ES256'],
 *   issuer: 'http://localhost:3000',
 *   audience: 'http://localhost:3000',
 *   verify: verifyOverHttp({ url: 'http://localhost:3000/me' }),
 *   sampleToken: async () => process.env.ACCESS_TOKEN ?? '',
 * })
 * ```
 */
export function verifyOverHttp(options: VerifyOverHttpOptions): VerifyToken {
  const { url, method = 'GET', refusedStatuses = REFUSED } = options
  const { headers = toBearer, fetch = globalThis.fetch } = options
  return async token => {
    const fields = headers(token)
    for (const value of Object.values(fields)) assertSendable(value)
    const status = await send(fetch, url, method, fields)
    if (status >= 200 && status < 300) return
    if (refusedStatuses.includes(status)) throw new TokenRefusedError(status)
    throw new VerifierFaultError(`status ${status}`)
  }
}

function toBearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` }
}

/** RFC 9110 section 5.5: visible characters with spaces between them; white space at the ends is not part of a value. */
function assertSendable(value: string): void {
  if (/^Bearer $|^[\x21-\x7e\x80-\xff]+(?: [\x21-\x7e\x80-\xff]+)*$/.test(value)) return
  throw new TokenNotSendableError('no header field can carry it')
}

async function send(
  fetch: AttackFetch,
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  try {
    const { status, body } = await fetch(url, { method, headers, redirect: 'manual' })
    await body?.cancel()
    return status
  } catch (error) {
    throw new VerifierFaultError(`no answer: ${error instanceof Error ? error.name : 'failed'}`)
  }
}
