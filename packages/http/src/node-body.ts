import { InvalidRequestError } from '@authcore/core'

/** The part of a readable stream of Node that is used. */
export interface NodeBody {
  readonly destroyed: boolean
  on(event: string, listener: (chunk: Uint8Array) => void): unknown
  off(event: string, listener: (chunk: Uint8Array) => void): unknown
  resume(): unknown
}

/**
 * Reads a body from a stream of Node, for adapters of frameworks that stand on it.
 * @param stream from which nothing was read yet
 * @throws InvalidRequestError `request_body_too_large`; `request_body_malformed` when the client went away
 */
export function readNodeBody(stream: NodeBody, limitBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let length = 0
    const onData = (chunk: Uint8Array): void => {
      length += chunk.length
      if (length > limitBytes) fail('request_body_too_large')
      else chunks.push(chunk)
    }
    const onEnd = (): void => settle(() => resolve(joinBytes(chunks)))
    const onClose = (): void => fail('request_body_malformed')
    const fail = (code: 'request_body_too_large' | 'request_body_malformed'): void =>
      settle(() => reject(new InvalidRequestError(code)))
    const settle = (finish: () => void): void => {
      for (const [event, listener] of listeners) stream.off(event, listener)
      // the rest flows away unread, so that the answer can be sent on this connection
      stream.resume()
      finish()
    }
    const listeners = [
      ['data', onData],
      ['end', onEnd],
      ['close', onClose],
      ['error', onClose],
    ] as const
    for (const [event, listener] of listeners) stream.on(event, listener)
    if (stream.destroyed) onClose()
  })
}

/** Puts pieces together. */
export function joinBytes(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}
