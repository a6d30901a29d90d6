import type { Clock } from '@authcore/core'
import type { CreateTimeout, Fetch } from '@authcore/core/ports'
import { allowInsecureRequests, clockSkew, customFetch } from 'oauth4webapi'
import type { OutboundFetch } from '../outbound/outbound-fetch.js'

/** How this package talks to providers. */
export interface ProviderHttp {
  readonly fetch: OutboundFetch
  readonly clock: Clock
  readonly allowLoopback: boolean
  /** The longest that one request takes. */
  readonly timeoutSeconds: number
  readonly createTimeout: CreateTimeout
}

/** Options of each call to `oauth4webapi`. */
export interface ProtocolOptions {
  readonly [customFetch]: (url: string, init: ProtocolRequest) => Promise<Response>
  readonly [allowInsecureRequests]: boolean
}

interface ProtocolRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** What a response may not have a body with (Fetch, "null body status"). */
const WITHOUT_BODY: readonly number[] = [204, 205, 304]

const HEADERS = ['content-type', 'www-authenticate']

/** Lets `oauth4webapi` send through the outbound fetch, which alone decides where requests may go. */
export function protocolOptions({ fetch, allowLoopback }: ProviderHttp): ProtocolOptions {
  return {
    [allowInsecureRequests]: allowLoopback,
    [customFetch]: async (url, { method, headers, body }) => {
      const answer = await fetch(url, {
        method: method === 'POST' ? 'POST' : 'GET',
        headers,
        ...(body !== undefined && body !== null && { body: String(body) }),
      })
      const fields = HEADERS.flatMap(name => {
        const value = answer.headers.get(name)
        return value === null ? [] : [[name, value] as [string, string]]
      })
      const content = WITHOUT_BODY.includes(answer.status) ? null : new Uint8Array(answer.body)
      return new Response(content, { status: answer.status, headers: fields })
    },
  }
}

/** The clock of the deployment for `oauth4webapi`, which has none to inject but this difference in seconds. */
export function skewOf(clock: Clock): { readonly [clockSkew]: number } {
  return { [clockSkew]: Math.floor(clock() / 1000) - Math.floor(Date.now() / 1000) }
}

/** The same requests for the remote key sets of core. */
export function toKeySetFetch(fetch: OutboundFetch): Fetch {
  return async (url, { headers }) => {
    const answer = await fetch(url, { method: 'GET', headers })
    let isRead = false
    return {
      status: answer.status,
      headers: answer.headers,
      body: {
        getReader: () => ({
          read: async () => {
            if (isRead) return { done: true }
            isRead = true
            return { done: false, value: answer.body }
          },
          cancel: async () => {},
        }),
      },
    }
  }
}
