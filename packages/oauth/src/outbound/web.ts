import { OutboundError } from './outbound-error.js'
import type { OutboundResponse, OutboundTransport } from './outbound-fetch.js'

/**
 * The transport of every other runtime: its `fetch`. Where a name leads cannot be seen here; the network of such
 * runtimes is the provider's of the runtime, which lets nothing reach addresses of its own.
 */
export const transport: OutboundTransport = async ({ url, method, headers, body, signal, maxBytes }) => {
  const controller = new AbortController()
  const abort = () => controller.abort()
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  try {
    const response = await globalThis.fetch(url.href, {
      method,
      headers,
      ...(body !== undefined && { body }),
      redirect: 'manual',
      signal: controller.signal,
    })
    return { status: response.status, headers: response.headers, body: await readBody(response, maxBytes) }
  } catch (error) {
    if (error instanceof OutboundError) throw error
    throw new OutboundError(signal.aborted ? 'timeout' : 'network')
  } finally {
    signal.removeEventListener('abort', abort)
    // whatever was left unread
    abort()
  }
}

async function readBody({ body }: Response, maxBytes: number): Promise<OutboundResponse['body']> {
  if (body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = body.getReader()
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    length += chunk.value.length
    if (length > maxBytes) throw new OutboundError('too_large')
    chunks.push(chunk.value)
  }
  return concatenate(chunks, length)
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}
