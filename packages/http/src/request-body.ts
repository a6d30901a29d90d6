import { InvalidRequestError, type JsonObject } from '@authcore/core'
import { type AuthHeaders, readHeaderValues } from './auth-request.js'
import { parseScopeText } from './scope-text.js'

/** The largest limit that a deployment can set. */
export const MAX_BODY_LIMIT_BYTES = 1_048_576

/** The members of a request body; nothing about their values is known yet. */
export type RequestBody = Readonly<Record<string, unknown>>

/**
 * Turns a body into its members: a JSON object, or a form with each name once (RFC 6749 section 3.2).
 * @param content text or bytes as they came, or an object that the framework has parsed already
 * @throws InvalidRequestError `request_body_malformed`, `request_body_too_large`, `request_media_type_unsupported`
 */
export function parseRequestBody(headers: AuthHeaders, content: unknown, limitBytes: number): RequestBody {
  if (content === undefined || content === null || content === '') return {}
  const isText = typeof content === 'string' || content instanceof Uint8Array
  if (isText && content.length > limitBytes) throw new InvalidRequestError('request_body_too_large')
  if (isText && content.length === 0) return {}
  const mediaType = parseMediaType(headers)
  switch (mediaType) {
    case 'application/json':
      return toMembers(isText ? parseJson(toText(content)) : content)
    case 'application/x-www-form-urlencoded':
      return toMembers(isText ? parseForm(toText(content)) : content)
    default:
      // a page of another site can send other types without asking first
      throw new InvalidRequestError('request_media_type_unsupported')
  }
}

/** @throws InvalidRequestError `request_body_too_large` when the client says so itself */
export function refuseLargeContent(headers: AuthHeaders, limitBytes: number): void {
  const lengths = readHeaderValues(headers, 'content-length', 1024)
  if (lengths.some(length => Number(length) > limitBytes))
    throw new InvalidRequestError('request_body_too_large')
}

/** @throws InvalidRequestError `request_body_malformed` naming members that do not exist */
export function refuseUnknownMembers(body: RequestBody, known: readonly string[]): void {
  if (Object.keys(body).some(name => !known.includes(name))) {
    throw malformed(`The body may hold only ${known.join(', ')}.`)
  }
}

/** Text of 1 to `maxLength` characters. */
export function readText(body: RequestBody, name: string, maxLength: number): string | undefined {
  const value = body[name]
  if (value === undefined) return undefined
  if (typeof value === 'string' && value.length > 0 && value.length <= maxLength) return value
  throw malformed(`${name} must be a string of 1 to ${maxLength} characters.`)
}

/** A whole number, 0 or more. */
export function readWholeNumber(body: RequestBody, name: string): number | undefined {
  const value = body[name]
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw malformed(`${name} must be a whole number, 0 or more.`)
}

/** `true` or `false`. */
export function readBoolean(body: RequestBody, name: string): boolean | undefined {
  const value = body[name]
  if (value === undefined || typeof value === 'boolean') return value
  throw malformed(`${name} must be true or false.`)
}

/** A JSON object. */
export function readJsonObject(body: RequestBody, name: string): JsonObject | undefined {
  const value = body[name]
  if (value === undefined || isJsonObject(value)) return value
  throw malformed(`${name} must be an object.`)
}

/** Scopes between single spaces (RFC 6749 section 3.3). */
export function readScope(body: RequestBody): readonly string[] | undefined {
  const { scope: value } = body
  if (value === undefined) return undefined
  const scope = typeof value === 'string' && value.length <= 4096 ? parseScopeText(value) : undefined
  if (scope === undefined)
    throw malformed('scope must be a string of scopes with single spaces between them.')
  return scope
}

function parseMediaType(headers: AuthHeaders): string | undefined {
  const [value, second] = readHeaderValues(headers, 'content-type', 1024)
  return second === undefined ? value?.split(';', 1)[0]?.trim().toLowerCase() : undefined
}

function toText(content: string | Uint8Array): string {
  if (typeof content === 'string') return content
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    throw malformed('The body must be UTF-8.')
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw malformed('The body must be a JSON object.')
  }
}

function parseForm(text: string): RequestBody {
  const entries = [...new URLSearchParams(text)]
  const body = Object.fromEntries(entries)
  if (Object.keys(body).length < entries.length) throw malformed('A form may hold each name once.')
  return body
}

function toMembers(value: unknown): RequestBody {
  if (!isJsonObject(value)) throw malformed('The body must be an object.')
  return value
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(detail: string): InvalidRequestError {
  return new InvalidRequestError('request_body_malformed', { detail })
}
