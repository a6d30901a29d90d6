/** The part of a Fetch response that is read. */
export interface FetchResponse {
  readonly status: number
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

/** The part of Fetch that is called: one GET without credentials. */
export type Fetch = (
  url: string,
  init: {
    readonly method: 'GET'
    readonly redirect: 'error'
    readonly credentials: 'omit'
    readonly headers: Readonly<Record<string, string>>
    readonly signal: AbortSignal
  },
) => Promise<FetchResponse>
