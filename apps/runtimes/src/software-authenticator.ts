/** What a page would get from `navigator.credentials.create` or `get`, as JSON. */
export interface PasskeyResponse {
  readonly id: string
  readonly [member: string]: unknown
}

/** An authenticator with one ES256 passkey, made of the WebCrypto of the runtime (WebAuthn Level 3). */
export interface SoftwareAuthenticator {
  /** @param origin of the page that asks */
  create(options: { challenge: string; user: { id: string } }, origin: string): Promise<PasskeyResponse>
  get(options: { challenge: string }, origin: string): Promise<PasskeyResponse>
}

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const HAS_CREDENTIAL = 0x40

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** @param rpId domain of the relying party */
export async function createSoftwareAuthenticator(rpId: string): Promise<SoftwareAuthenticator> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(ES256, false, ['sign', 'verify'])
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey))
  const credentialId = crypto.getRandomValues(new Uint8Array(32))
  const rpIdHash = await sha256(utf8(rpId))
  let userHandle = ''

  const authenticatorData = (flags: number) =>
    join(rpIdHash, [USER_PRESENT | USER_VERIFIED | flags], [0, 0, 0, 0])

  return {
    create: async ({ challenge, user }, origin) => {
      userHandle = user.id
      const data = join(
        authenticatorData(HAS_CREDENTIAL),
        new Uint8Array(16),
        [0, credentialId.length],
        credentialId,
        toCoseKey(point),
      )
      return toCredential(credentialId, {
        clientDataJSON: encode(toClientData('webauthn.create', challenge, origin)),
        attestationObject: encode(toAttestation(data)),
        transports: ['internal'],
      })
    },
    get: async ({ challenge }, origin) => {
      const client = toClientData('webauthn.get', challenge, origin)
      const data = authenticatorData(0)
      const signed = join(data, await sha256(client))
      const signature = new Uint8Array(await crypto.subtle.sign(ES256, privateKey, signed))
      return toCredential(credentialId, {
        clientDataJSON: encode(client),
        authenticatorData: encode(data),
        signature: encode(toDer(signature)),
        userHandle,
      })
    },
  }
}

function toClientData(type: string, challenge: string, origin: string): Uint8Array<ArrayBuffer> {
  return utf8(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
}

function toCredential(id: Uint8Array, response: Readonly<Record<string, unknown>>): PasskeyResponse {
  const text = encode(id)
  return { id: text, rawId: text, type: 'public-key', clientExtensionResults: {}, response }
}

/** `{1: 2, 3: -7, -1: 1, -2: x, -3: y}` in CBOR (RFC 9052, RFC 9053). */
function toCoseKey(point: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01]
  return join(head, [0x21, 0x58, 32], point.subarray(1, 33), [0x22, 0x58, 32], point.subarray(33))
}

/** `{fmt: "none", attStmt: {}, authData}` in CBOR. */
function toAttestation(data: Uint8Array): Uint8Array<ArrayBuffer> {
  return join(
    [0xa3, 0x63],
    utf8('fmt'),
    [0x64],
    utf8('none'),
    [0x67],
    utf8('attStmt'),
    [0xa0, 0x68],
    utf8('authData'),
    [0x58, data.length],
    data,
  )
}

/** WebCrypto gives r and s one behind the other; authenticators write them as a SEQUENCE of two INTEGERs. */
function toDer(signature: Uint8Array): Uint8Array<ArrayBuffer> {
  const integers = join(toInteger(signature.subarray(0, 32)), toInteger(signature.subarray(32)))
  return join([0x30, integers.length], integers)
}

function toInteger(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const shortest = bytes.subarray(bytes.findIndex(byte => byte !== 0))
  const value = (shortest[0] ?? 0) > 0x7f ? join([0], shortest) : shortest
  return join([0x02, value.length], value)
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text))
}

function join(...parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap(part => Array.from(part)))
}

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '')
}
