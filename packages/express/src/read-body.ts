import { InvalidRequestError } from '@authcore/core'
import type { ExpressRequest } from './express-types.js'

/**
 * Reads the body, unless a body parser was here before.
 * @throws InvalidRequestError `request_body_too_large`; `request_body_malformed` when the client went away
 */
export function readBody(request: ExpressRequest, limitBytes: number): Promise<unknown> {
  // body parsers mark what they have read; one that passed over this type leaves an empty object and an unread stream
  if (request._body === true || request.readableEnded) return Promise.resolve(request.body)
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let length = 0
    const onData = (chunk: Uint8Array): void => {
      length += chunk.length
      if (length > limitBytes) fail('request_body_too_large')
      else chunks.push(chunk)
    }
    const onEnd = (): void => settle(() => resolve(concatenate(chunks, length)))
    const onClose = (): void => fail('request_body_malformed')
    const fail = (code: 'request_body_too_large' | 'request_body_malformed'): void =>
      settle(() => reject(new InvalidRequestError(code)))
    const settle = (finish: () => void): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose)
      // the rest flows away unread, so that the answer can be sent on this connection
      request.resume()
      finish()
    }
    request.on('data', onData).on('end', onEnd).on('close', onClose)
    if (request.destroyed) onClose()
  })
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}
