/** What the server answered. */
export interface Answer {
  readonly status: number
  /** Such as `Not Found`. */
  readonly statusText: string
  /** `WWW-Authenticate`; empty when there is none. */
  readonly challenge: string
  readonly mediaType: string
  /** The parsed JSON; `undefined` when there is no content. */
  readonly body: unknown
}

/** One request of the walk. */
export interface WalkRequest {
  /** `GET` unless told. */
  readonly method?: 'GET' | 'POST' | 'DELETE'
  /** With the query, such as `/api/me`. */
  readonly path: string
  /** Sent as `Authorization: Bearer`. */
  readonly bearer?: string
  /** Sent as `X-API-Key`. */
  readonly apiKey?: string
  /** Sent as JSON. */
  readonly json?: Readonly<Record<string, unknown>>
  /** Other header fields. */
  readonly headers?: Readonly<Record<string, string>>
  /** Of another server than the demo, such as `http://127.0.0.1:3001`. */
  readonly origin?: string
}

/** A server that says nothing for so long counts as failed. */
const TIMEOUT_MS = 15_000

/**
 * Sends one request.
 * @throws Error when there is no answer, or one that calls itself JSON and is not
 */
export async function sendRequest(baseUrl: string, request: WalkRequest): Promise<Answer> {
  const response = await fetch(`${request.origin ?? baseUrl}${request.path}`, {
    method: request.method ?? 'GET',
    headers: Object.fromEntries(requestHeaders(request)),
    body: request.json === undefined ? null : JSON.stringify(request.json),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const text = await response.text()
  return {
    status: response.status,
    statusText: response.statusText,
    challenge: response.headers.get('www-authenticate') ?? '',
    mediaType: response.headers.get('content-type') ?? '',
    body: text === '' ? undefined : JSON.parse(text),
  }
}

/** The header fields of a request, as they are sent. */
export function requestHeaders({
  bearer,
  apiKey,
  json,
  headers = {},
}: WalkRequest): readonly (readonly [string, string])[] {
  const fields: (readonly [string, string | undefined])[] = [
    ['Authorization', bearer === undefined ? undefined : `Bearer ${bearer}`],
    ['X-API-Key', apiKey],
    ['Content-Type', json === undefined ? undefined : 'application/json'],
    ...Object.entries(headers),
  ]
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
}

/** Finds a member of an answer: `body`, then names and indexes. */
export function findMember(body: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, name) => (isObject(value) ? value[String(name)] : undefined), body)
}

/** Reads a list of an answer; anything else is an empty one. */
export function readList(body: unknown, name: string): readonly unknown[] {
  const value = findMember(body, name)
  return Array.isArray(value) ? value : []
}

/**
 * Reads a text that the walk needs to go on.
 * @throws Error when it is not there
 */
export function readText(body: unknown, ...path: readonly (string | number)[]): string {
  const value = findMember(body, ...path)
  if (typeof value === 'string' && value !== '') return value
  throw new Error(`the answer has no text at ${path.join('.')}`)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
