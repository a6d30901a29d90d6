/** What the API answered. */
export interface ApiAnswer {
  readonly status: number
  /** The parsed JSON; `undefined` when there is no content. */
  readonly body: unknown
}

/** A request to the API, from where the page came. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  /** Sent as JSON. */
  readonly json?: Readonly<Record<string, unknown>>
  /** Sent as `Authorization: Bearer`. */
  readonly bearer?: string | undefined
}

/** The API refused, for a reason that can be shown. */
export class Refusal extends Error {}

/**
 * Sends a request.
 * @throws Refusal with the title and the detail of the problem (RFC 9457)
 */
export async function callApi({ method, path, json, bearer }: ApiRequest): Promise<ApiAnswer> {
  const response = await fetch(path, {
    method,
    headers: {
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    },
    body: json === undefined ? null : JSON.stringify(json),
  })
  const text = await response.text()
  const body: unknown = text === '' ? undefined : JSON.parse(text)
  if (response.ok) return { status: response.status, body }
  throw new Refusal(`${response.status} ${readMember(body, 'title')}: ${readMember(body, 'detail')}`)
}

/** A text of an answer; empty when it is not there. */
export function readMember(body: unknown, name: string): string {
  const value: unknown = Reflect.get(Object(body), name)
  return typeof value === 'string' ? value : ''
}

/** A list of an answer; empty when it is not there. */
export function readMembers(body: unknown, name: string): readonly unknown[] {
  const value: unknown = Reflect.get(Object(body), name)
  return Array.isArray(value) ? value : []
}
