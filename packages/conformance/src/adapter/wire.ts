/** One request as it goes over the wire. Every character is one byte: text beyond U+00FF is written as its UTF-8. */
export interface WireRequest {
  /** `GET` unless told. */
  readonly method?: string
  /** With the query. */
  readonly path: string
  /** Header fields as lines of HTTP/1.1, in their order and case; they may repeat. */
  readonly lines?: readonly string[]
  readonly body?: string
  /** The length of the body is not announced. */
  readonly isChunked?: boolean
}

/**
 * One answer as it came over the wire, without what belongs to the connection and not to the answer: `Date`,
 * `Connection`, `Keep-Alive`, `Content-Length` and `Transfer-Encoding`.
 */
export interface WireAnswer {
  readonly status: number
  /** Lower-case names; every value of a field that came more than once. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  /** Every character is one byte. What comes after an answer that has no body stands here too. */
  readonly body: string
}

/** A name in lower case, and a value without the spaces around it. */
export type WireField = readonly [name: string, value: string]

const OF_THE_CONNECTION = new Set(['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding'])

/** Splits lines of HTTP/1.1 into fields. */
export function toFields(lines: readonly string[]): readonly WireField[] {
  return lines.map(line => {
    const separator = line.indexOf(':')
    return [line.slice(0, separator).toLowerCase(), line.slice(separator + 1).replace(/^[ \t]+|[ \t]+$/g, '')]
  })
}

/** The fields of a request beside `Host`, as every server has to see them. */
export function fieldsOf({ lines = [], body, isChunked }: WireRequest): readonly WireField[] {
  const length: readonly WireField[] =
    body === undefined || isChunked === true ? [] : [['content-length', String(body.length)]]
  return [...toFields(lines), ...length]
}

/** Gathers fields by name. */
export function groupFields(fields: Iterable<WireField>): Readonly<Record<string, readonly string[]>> {
  const groups = new Map<string, string[]>()
  for (const [name, value] of fields) {
    const group = groups.get(name) ?? []
    groups.set(name, group)
    group.push(value)
  }
  return Object.fromEntries(groups)
}

/** Makes an answer of what came over the wire. */
export function toAnswer(status: number, fields: Iterable<WireField>, body: string): WireAnswer {
  const own = [...fields].filter(([name]) => !OF_THE_CONNECTION.has(name) && !name.startsWith(':'))
  return { status, headers: groupFields(own), body }
}

/** One byte a character. */
export function toBytes(text: string): Uint8Array {
  return Uint8Array.from(text, character => character.charCodeAt(0))
}

/** One character a byte. */
export function toByteText(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
