import type { Context } from '../context.js'
import type { RootSecret } from '../crypto/root-secrets.js'
import { openBytes, sealBytes } from '../crypto/sealed-text.js'
import { InvalidRequestError } from '../errors.js'
import { isWellFormed } from '../json.js'
import type { SecretBox } from './secret-box.js'

const PURPOSE = /^[a-z][a-z0-9_.-]{0,63}$/

/** The id of a root secret, 6 bytes in base64url. */
const SECRET_ID_CHARACTERS = 8

/** The id and 32 bytes in base64url. */
const MAC_CHARACTERS = SECRET_ID_CHARACTERS + 43

const MAX_CONTENT_BYTES = 65_536

const SEALING_BYTES = 12 + 16

const MAX_SEALED_CHARACTERS = SECRET_ID_CHARACTERS + Math.ceil(((MAX_CONTENT_BYTES + SEALING_BYTES) * 4) / 3)

const MAX_ASSOCIATED_CHARACTERS = 4096

/**
 * Creates the box of one purpose. Its keys are derived when they are first needed.
 * @throws InvalidRequestError `argument_invalid`
 */
export function createSecretBox(
  purpose: string,
  { secrets, backend, settings }: Pick<Context, 'secrets' | 'backend' | 'settings'>,
): SecretBox {
  if (typeof purpose !== 'string' || !PURPOSE.test(purpose)) {
    throw refuse('purpose must be 1 to 64 lower-case letters, digits, "_", "." and "-", a letter first.')
  }
  const sealingKeyOf = remember(secret => secret.deriveBoxKey(`seal/${purpose}`))
  const macOf = remember(secret => backend.createMac(secret.deriveBoxKey(`mac/${purpose}`)))
  const hashLabel = new TextEncoder().encode(`authcore/box/v1/hash/${purpose}\n`)

  const open = async (sealed: string, associated = ''): Promise<Uint8Array | undefined> => {
    if (typeof sealed !== 'string' || sealed.length > MAX_SEALED_CHARACTERS) return undefined
    const secret = secrets.find(sealed.slice(0, SECRET_ID_CHARACTERS))
    if (secret === undefined || !isAssociated(associated)) return undefined
    const key = { key: sealingKeyOf(secret), associatedContent: associated }
    return openBytes(sealed.slice(SECRET_ID_CHARACTERS), key, backend)
  }

  const macUnder = (secret: RootSecret, content: Uint8Array): string =>
    secret.id + backend.encodeBase64url(macOf(secret).compute(content))

  return Object.freeze({
    seal: async (content, associated = '') => {
      const bytes = validateContent(content)
      if (!isAssociated(associated)) throw refuse('associated must be at most 4,096 characters of text.')
      const { current } = secrets
      const key = { key: sealingKeyOf(current), associatedContent: associated }
      return current.id + (await sealBytes(bytes, key, backend, settings.random))
    },
    open,
    openText: async (sealed, associated) => {
      const bytes = await open(sealed, associated)
      return bytes === undefined ? undefined : decodeText(bytes)
    },
    mac: content => macUnder(secrets.current, validateContent(content)),
    verifyMac: (content, mac) => {
      const bytes = toBytes(content)
      if (bytes === undefined || typeof mac !== 'string' || mac.length !== MAC_CHARACTERS) return false
      const secret = secrets.find(mac.slice(0, SECRET_ID_CHARACTERS))
      if (secret === undefined) return false
      return backend.equalBytes(utf8(macUnder(secret, bytes)), utf8(mac))
    },
    hash: content => {
      const bytes = validateContent(content)
      const labelled = new Uint8Array(hashLabel.length + bytes.length)
      labelled.set(hashLabel)
      labelled.set(bytes, hashLabel.length)
      return backend.encodeBase64url(backend.sha256(labelled))
    },
  } satisfies SecretBox)
}

/** As many keys as there are root secrets; they live as long as the box. */
function remember<Made>(make: (secret: RootSecret) => Made): (secret: RootSecret) => Made {
  const made = new Map<string, Made>()
  return secret => {
    const known = made.get(secret.id)
    if (known !== undefined) return known
    const value = make(secret)
    made.set(secret.id, value)
    return value
  }
}

function validateContent(content: unknown): Uint8Array {
  const bytes = toBytes(content)
  if (bytes === undefined) throw refuse('content must be text or bytes, at most 65,536 bytes.')
  return bytes
}

function toBytes(content: unknown): Uint8Array | undefined {
  // a text has no more characters than bytes: a huge one is refused before it is copied
  if (typeof content === 'string' && (content.length > MAX_CONTENT_BYTES || !isWellFormed(content))) {
    return undefined
  }
  const bytes = typeof content === 'string' ? utf8(content) : content
  return bytes instanceof Uint8Array && bytes.length <= MAX_CONTENT_BYTES ? bytes : undefined
}

function isAssociated(associated: unknown): boolean {
  return (
    typeof associated === 'string' &&
    associated.length <= MAX_ASSOCIATED_CHARACTERS &&
    isWellFormed(associated)
  )
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Bytes that were sealed as bytes need not be text. */
function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function refuse(detail: string): InvalidRequestError {
  return new InvalidRequestError('argument_invalid', { detail })
}
