/** The part of a Fetch response that is read. */
export interface FetchResponse {
  readonly status: number
  /** True when a redirect was followed after all. */
  readonly redirected?: boolean
  readonly headers: { get(name: string): string | null }
  readonly body: ReadableStreamOfBytes | null
}

/** The part of a stream of bytes that is read, so that an oversized body is left unread. */
export interface ReadableStreamOfBytes {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
    cancel(): Promise<void>
  }
}

/** The part of an abort signal that is used; every `AbortSignal` fits. */
export interface TimeoutSignal {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** Makes a signal that aborts after a time. Timers belong to the runtime, so tests pass one that they fire. */
export type CreateTimeout = (milliseconds: number) => TimeoutSignal

/**
 * The part of Fetch that is called: one GET. A redirect comes back as a response and is not followed (`error` would
 * say that better, but not every runtime knows it).
 */
export type Fetch = (
  url: string,
  init: {
    readonly method: 'GET'
    readonly redirect: 'manual'
    readonly headers: Readonly<Record<string, string>>
    readonly signal: TimeoutSignal
  },
) => Promise<FetchResponse>
