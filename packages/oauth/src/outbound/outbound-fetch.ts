import type { TimeoutSignal } from '@authcore/core/ports'

/** One request to a provider. */
export interface OutboundRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** Sent as UTF-8. */
  readonly body?: string
}

/** What came back, read to its end and within the limit. */
export interface OutboundResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: Uint8Array
}

/**
 * Sends one request and reads its answer. A redirect is an answer like any other: nobody follows it.
 * @throws StoreError `provider_unavailable`; its cause is an `OutboundError` that says why
 */
export type OutboundFetch = (url: string, request: OutboundRequest) => Promise<OutboundResponse>

/** One request on its way: the signal ends it, however far it has come. */
export interface OutboundCommand extends OutboundRequest {
  readonly url: URL
  readonly signal: TimeoutSignal
  readonly maxBytes: number
  /** Private and special addresses are accepted for this host. */
  readonly isPrivateAllowed: boolean
}

/** What a runtime sends with. `outbound/node.ts` and `outbound/web.ts` export a `transport` of this type each. */
export type OutboundTransport = (command: OutboundCommand) => Promise<OutboundResponse>
