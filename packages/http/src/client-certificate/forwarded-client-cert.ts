import { decodeBase64 } from './base64.js'

/** One `key=value`: the value as it stands, or in quotes with `\"` for a quote. */
const PAIR = /([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;]*))([;,]|$)/y

const PEM = /^\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*$/

type Element = ReadonlyMap<string, string>

/**
 * Reads the certificate of `X-Forwarded-Client-Cert` as Envoy writes it: one element for each proxy, the last by the
 * nearest, whose `Cert` is the certificate of its client in URL-encoded PEM.
 * @returns `undefined` for any other text, and where the last element has no `Cert`
 */
export function parseForwardedClientCert(value: string): Uint8Array | undefined {
  const encoded = parseElements(value.trim())?.at(-1)?.get('cert')
  return encoded === undefined ? undefined : decodePem(encoded)
}

/** `undefined` for a malformed text, and for one that names the same thing of one element twice, but for `URI` and `DNS`. */
function parseElements(text: string): readonly Element[] | undefined {
  const elements: Map<string, string>[] = [new Map()]
  let separator = ','
  for (let at = 0; at < text.length; at = PAIR.lastIndex) {
    PAIR.lastIndex = at
    const [, key = '', quoted, plain = '', end = ''] = PAIR.exec(text) ?? []
    const name = key.toLowerCase()
    const element = elements.at(-1)
    if (name === '' || element === undefined) return undefined
    if (element.has(name) && name === 'cert') return undefined
    element.set(name, quoted === undefined ? plain : quoted.replace(/\\(.)/gs, '$1'))
    if (end === ',') elements.push(new Map())
    separator = end
  }
  // a separator wants something behind it
  return separator === '' ? elements : undefined
}

function decodePem(encoded: string): Uint8Array | undefined {
  try {
    const [, base64] = PEM.exec(decodeURIComponent(encoded)) ?? []
    return base64 === undefined ? undefined : decodeBase64(base64.replace(/\s+/g, ''))
  } catch {
    // an escape that is none
    return undefined
  }
}
