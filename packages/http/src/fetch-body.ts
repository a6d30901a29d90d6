import { InvalidRequestError } from '@authcore/core'
import { joinBytes } from './node-body.js'

/** The part of a `ReadableStream` that is used. */
export interface FetchBody {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
    cancel(): Promise<unknown>
  }
}

/**
 * Reads the body of a `Request`, for Fetch-style servers.
 * @param stream `request.body`, from which nothing was read yet
 * @throws InvalidRequestError `request_body_too_large`; `request_body_malformed` when the client went away
 */
export async function readFetchBody(stream: FetchBody | null, limitBytes: number): Promise<Uint8Array> {
  const reader = stream?.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const chunk = (await reader?.read().catch(refuse))?.value
    if (chunk === undefined) return joinBytes(chunks)
    length += chunk.length
    if (length > limitBytes) {
      // not awaited: a source that never ends its cancellation would hold back the answer
      reader?.cancel().catch(() => {})
      throw new InvalidRequestError('request_body_too_large')
    }
    chunks.push(chunk)
  }
}

function refuse(): never {
  throw new InvalidRequestError('request_body_malformed')
}
