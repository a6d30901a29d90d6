import { InvalidRequestError } from '@authcore/core'
import type { RouteCall } from './demo-route.js'

const LIMIT_BYTES = 4096

/**
 * Reads the members of a JSON body of at most 4 KiB; nothing about their values is known yet.
 * @throws InvalidRequestError `request_body_malformed`, `request_body_too_large`, `request_media_type_unsupported`
 */
export async function readJsonBody({
  headers,
  readBody,
}: Pick<RouteCall, 'headers' | 'readBody'>): Promise<Readonly<Record<string, unknown>>> {
  const bytes = await readBody(LIMIT_BYTES)
  if (bytes.length === 0) return {}
  const [mediaType] = String(headers['content-type']).toLowerCase().split(';', 1)
  if (mediaType?.trim() !== 'application/json')
    throw new InvalidRequestError('request_media_type_unsupported')
  const body = parse(bytes)
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body }
  throw new InvalidRequestError('request_body_malformed', { detail: 'The body must be a JSON object.' })
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    // what the parser says quotes the body
    throw new InvalidRequestError('request_body_malformed', { detail: 'The body must be JSON in UTF-8.' })
  }
}
