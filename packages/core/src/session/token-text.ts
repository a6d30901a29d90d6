import type { CryptoBackend } from '../crypto/backend.js'
import {
  type KeyPurpose,
  type RootSecret,
  type RootSecrets,
  SECRET_ID_LENGTH,
} from '../crypto/root-secrets.js'
import { InvalidGrantError, type InvalidGrantErrorCode, InvalidRequestError } from '../errors.js'
import { decodeBase64url, encodeBase64url } from '../jws/base64url.js'
import { ownMembers } from '../own-members.js'

/**
 * The text of a token that stands for a session is its prefix and base64url of
 *
 * | bytes | what |
 * |---|---|
 * | 1 | version, 1 |
 * | 6 | id of the root secret |
 * | 16 | session id |
 * | 4 | generation, big endian |
 * | 16 | nonce |
 * | n | the grant, as JSON |
 * | 16 | tag: HMAC-SHA-256 over all before it, truncated |
 *
 * The tag proves that we issued this generation of this session, so a forgery is refused without a store call. The
 * key of the tag is that of the kind: no token passes as one of another kind, whatever prefix it is given.
 */
export interface TokenKind {
  readonly prefix: string
  readonly purpose: KeyPurpose
  readonly malformed: InvalidGrantErrorCode
  readonly invalid: InvalidGrantErrorCode
}

/** 16 random bytes name a session, as many make two tokens of one generation differ. */
export const SESSION_ID_LENGTH = 16
export const NONCE_LENGTH = 16

const VERSION = 1
const TAG_LENGTH = 16
const GENERATION_OFFSET = 1 + SECRET_ID_LENGTH + SESSION_ID_LENGTH
const NONCE_OFFSET = GENERATION_OFFSET + 4
const HEAD_LENGTH = NONCE_OFFSET + NONCE_LENGTH
const MAX_GRANT_LENGTH = 2048
const MAX_ENCODED_LENGTH = Math.ceil(((HEAD_LENGTH + MAX_GRANT_LENGTH + TAG_LENGTH) * 4) / 3)

/** What a token says. */
export interface TokenContent {
  readonly sessionId: string
  readonly generation: number
  readonly nonce: Uint8Array
  /** The grant as it is written, byte for byte. */
  readonly grant: Uint8Array
}

/** A token whose tag was verified. Whether it is still the current one, only the store knows. */
export interface VerifiedToken extends TokenContent {
  /** The root secret that the tag was made with. */
  readonly secret: RootSecret
}

/**
 * Writes a grant.
 * @throws InvalidRequestError `argument_invalid` when it is too long to stand in a token
 */
export function encodeGrant(grant: object): Uint8Array {
  const bytes = new TextEncoder().encode(JSON.stringify(grant))
  if (bytes.length > MAX_GRANT_LENGTH) {
    throw new InvalidRequestError('argument_invalid', {
      detail: `Subject, client and scope of a session are limited to ${MAX_GRANT_LENGTH} bytes together.`,
    })
  }
  return bytes
}

/** Reads the grant of a verified token; what stands there was written by `encodeGrant` from the type of the kind. */
export function decodeGrant<Grant extends object>(token: VerifiedToken): Grant {
  return ownMembers<Grant>(JSON.parse(new TextDecoder().decode(token.grant)))
}

/** Whether a text has the prefix and a possible length of a kind. */
export function hasTokenForm(text: unknown, { prefix }: TokenKind): text is string {
  return (
    typeof text === 'string' && text.startsWith(prefix) && text.length <= prefix.length + MAX_ENCODED_LENGTH
  )
}

/** Writes a token under a root secret. */
export function formatToken(content: TokenContent, kind: TokenKind, secret: RootSecret): string {
  const signed = new Uint8Array(HEAD_LENGTH + content.grant.length)
  signed[0] = VERSION
  signed.set(decodeId(secret.id), 1)
  signed.set(decodeId(content.sessionId), 1 + SECRET_ID_LENGTH)
  new DataView(signed.buffer).setUint32(GENERATION_OFFSET, content.generation)
  signed.set(content.nonce, NONCE_OFFSET)
  signed.set(content.grant, HEAD_LENGTH)

  const bytes = new Uint8Array(signed.length + TAG_LENGTH)
  bytes.set(signed)
  bytes.set(computeTag(signed, kind, secret), signed.length)
  return kind.prefix + encodeBase64url(bytes)
}

/**
 * Verifies form and tag, without any store call.
 * @throws InvalidGrantError the codes of the kind
 */
export function verifyToken(
  text: unknown,
  kind: TokenKind,
  secrets: RootSecrets,
  backend: CryptoBackend,
): VerifiedToken {
  const bytes = parseToken(text, kind)
  const signed = bytes.subarray(0, bytes.length - TAG_LENGTH)
  const secret = secrets.find(encodeBase64url(bytes.subarray(1, 1 + SECRET_ID_LENGTH)))
  if (secret === undefined) throw new InvalidGrantError(kind.invalid)
  if (!backend.equalBytes(bytes.subarray(signed.length), computeTag(signed, kind, secret))) {
    throw new InvalidGrantError(kind.invalid)
  }
  return {
    secret,
    sessionId: encodeBase64url(signed.subarray(1 + SECRET_ID_LENGTH, GENERATION_OFFSET)),
    generation: new DataView(signed.buffer, signed.byteOffset).getUint32(GENERATION_OFFSET),
    nonce: signed.subarray(NONCE_OFFSET, HEAD_LENGTH),
    grant: signed.subarray(HEAD_LENGTH),
  }
}

function parseToken(text: unknown, kind: TokenKind): Uint8Array {
  if (!hasTokenForm(text, kind)) throw new InvalidGrantError(kind.malformed)
  const bytes = decodeBase64url(text.slice(kind.prefix.length))
  if (bytes === undefined || bytes.length <= HEAD_LENGTH + TAG_LENGTH || bytes[0] !== VERSION) {
    throw new InvalidGrantError(kind.malformed)
  }
  return bytes
}

function computeTag(signed: Uint8Array, { purpose }: TokenKind, secret: RootSecret): Uint8Array {
  return secret.macOf(purpose).compute(signed).subarray(0, TAG_LENGTH)
}

function decodeId(id: string): Uint8Array {
  const bytes = decodeBase64url(id)
  if (bytes === undefined) throw new TypeError('an id is base64url')
  return bytes
}
