import { type Answer, requestHeaders, type WalkRequest } from './answer.js'
import { formatJson } from './format-json.js'
import { shortenSecrets } from './shorten-secrets.js'
import { wrapText } from './wrap-text.js'

/** The width of the output, in characters. */
export const WIDTH = 100

const INDENT = '       '

/** The lines that show a request: as it was sent, credentials shortened, passwords hidden. */
export function describeRequest(request: WalkRequest): readonly string[] {
  const { method = 'GET', origin = '', path, json } = request
  return [
    `     > ${method} ${origin}${shortenSecrets(path)}`,
    ...requestHeaders(request).map(([name, value]) => `${INDENT}${name}: ${shortenSecrets(value)}`),
    ...(json === undefined ? [] : [`${INDENT}${describeBody(json)}`]),
  ]
}

/** The lines that show an answer: status, challenge and body. */
export function describeAnswer({ status, statusText, challenge, body }: Answer): readonly string[] {
  return [
    `     < ${status} ${statusText}`,
    ...(challenge === '' ? [] : [INDENT + wrapText(`WWW-Authenticate: ${challenge}`, WIDTH, `${INDENT}  `)]),
    ...(body === undefined ? [] : [`${INDENT}${describeBody(body)}`]),
  ]
}

function describeBody(body: unknown): string {
  return formatJson(JSON.parse(JSON.stringify(body), hideSecret), { width: WIDTH, indent: INDENT })
}

/** What people know or see once: passwords, codes, and what codes are made of. */
const HIDDEN = ['password', 'new_password', 'code', 'secret', 'uri', 'qr_code', 'recovery_codes']

function hideSecret(name: string, value: unknown): unknown {
  // a problem has a code too, which is a word
  if (HIDDEN.includes(name) && !/^[a-z]+(?:_[a-z]+)+$/.test(String(value))) return '(hidden)'
  return typeof value === 'string' ? shortenSecrets(value) : value
}
