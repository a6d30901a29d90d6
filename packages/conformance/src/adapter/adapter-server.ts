import type { WireAnswer, WireRequest } from './wire.js'

/** How requests get to an adapter. */
export type AdapterProtocol = 'http/1.1' | 'h2' | 'fetch'

/** A server with the application on it, or what stands for one. */
export interface AdapterServer {
  readonly protocol: AdapterProtocol
  /** Sends requests over one connection, each after the answer of the one before. */
  exchange(requests: readonly WireRequest[]): Promise<readonly WireAnswer[]>
  /** Sends the head of a request and half of its body, and breaks the connection. */
  abort(request: WireRequest): Promise<void>
  close(): void | Promise<void>
}
