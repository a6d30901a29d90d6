import type { CryptoBackend } from '../crypto/backend.js'
import { type RootSecret, type RootSecrets, SECRET_ID_LENGTH } from '../crypto/root-secrets.js'
import { InvalidGrantError, InvalidRequestError } from '../errors.js'
import { decodeBase64url, encodeBase64url } from '../jws/base64url.js'
import { ownMembers } from '../own-members.js'
import type { Confirmation } from '../principal.js'

/**
 * The text of a refresh token is `rt_` and base64url of
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
 * The tag proves that we issued this generation of this session, so a forgery is refused without a store call and
 * every old generation is recognised for ever without keeping it. The grant stands in the text so that a wrong
 * client, key or scope is refused before the token is spent.
 */
export const REFRESH_TOKEN_PREFIX = 'rt_'

/** 16 random bytes name a session, as many make two refresh tokens of one generation differ. */
export const SESSION_ID_LENGTH = 16
export const NONCE_LENGTH = 16

const VERSION = 1
const TAG_LENGTH = 16
const HEAD_LENGTH = 1 + SECRET_ID_LENGTH + SESSION_ID_LENGTH + 4 + NONCE_LENGTH
const MAX_GRANT_LENGTH = 2048
const MAX_CHARACTERS =
  REFRESH_TOKEN_PREFIX.length + Math.ceil(((HEAD_LENGTH + MAX_GRANT_LENGTH + TAG_LENGTH) * 4) / 3)

/** What a session was granted at its start; the same in each of its refresh tokens. */
export interface RefreshGrant {
  readonly subject: string
  readonly clientId?: string
  readonly scope: readonly string[]
  readonly confirmation?: Confirmation
  /** Epoch milliseconds. */
  readonly startedAt: number
}

/** What a refresh token says. */
export interface RefreshTokenContent {
  readonly sessionId: string
  readonly generation: number
  readonly nonce: Uint8Array
  /** The grant as it is written, byte for byte. */
  readonly grant: Uint8Array
}

/** A refresh token whose tag was verified. Whether it is still the current one, only the store knows. */
export interface VerifiedRefreshToken extends RefreshTokenContent {
  /** The root secret that the tag was made with. */
  readonly secret: RootSecret
}

/**
 * Writes a grant.
 * @throws InvalidRequestError `argument_invalid` when it is too long to stand in a token
 */
export function encodeGrant(grant: RefreshGrant): Uint8Array {
  const bytes = new TextEncoder().encode(JSON.stringify(grant))
  if (bytes.length > MAX_GRANT_LENGTH) {
    throw new InvalidRequestError('argument_invalid', {
      detail: `Subject, client and scope of a session are limited to ${MAX_GRANT_LENGTH} bytes together.`,
    })
  }
  return bytes
}

/** Reads the grant of a verified token; what stands there was written by `encodeGrant`. */
export function decodeGrant(token: VerifiedRefreshToken): RefreshGrant {
  return ownMembers<RefreshGrant>(JSON.parse(new TextDecoder().decode(token.grant)))
}

/** Writes a refresh token under a root secret. */
export function formatRefreshToken(
  content: RefreshTokenContent,
  secret: RootSecret,
  backend: CryptoBackend,
): string {
  const signed = new Uint8Array(HEAD_LENGTH + content.grant.length)
  signed[0] = VERSION
  signed.set(decodeId(secret.id), 1)
  signed.set(decodeId(content.sessionId), 1 + SECRET_ID_LENGTH)
  new DataView(signed.buffer).setUint32(HEAD_LENGTH - NONCE_LENGTH - 4, content.generation)
  signed.set(content.nonce, HEAD_LENGTH - NONCE_LENGTH)
  signed.set(content.grant, HEAD_LENGTH)

  const bytes = new Uint8Array(signed.length + TAG_LENGTH)
  bytes.set(signed)
  bytes.set(computeTag(signed, secret, backend), signed.length)
  return REFRESH_TOKEN_PREFIX + encodeBase64url(bytes)
}

/**
 * Verifies form and tag, without any store call.
 * @throws InvalidGrantError `refresh_token_malformed`, `refresh_token_invalid`
 */
export function verifyRefreshToken(
  text: unknown,
  secrets: RootSecrets,
  backend: CryptoBackend,
): VerifiedRefreshToken {
  const bytes = parseRefreshToken(text)
  const signed = bytes.subarray(0, bytes.length - TAG_LENGTH)
  const secret = secrets.find(encodeBase64url(bytes.subarray(1, 1 + SECRET_ID_LENGTH)))
  if (secret === undefined) throw new InvalidGrantError('refresh_token_invalid')
  if (!backend.equalBytes(bytes.subarray(signed.length), computeTag(signed, secret, backend))) {
    throw new InvalidGrantError('refresh_token_invalid')
  }
  return {
    secret,
    sessionId: encodeBase64url(signed.subarray(1 + SECRET_ID_LENGTH, HEAD_LENGTH - NONCE_LENGTH - 4)),
    generation: new DataView(signed.buffer, signed.byteOffset).getUint32(HEAD_LENGTH - NONCE_LENGTH - 4),
    nonce: signed.subarray(HEAD_LENGTH - NONCE_LENGTH, HEAD_LENGTH),
    grant: signed.subarray(HEAD_LENGTH),
  }
}

function parseRefreshToken(text: unknown): Uint8Array {
  if (typeof text !== 'string' || text.length > MAX_CHARACTERS || !text.startsWith(REFRESH_TOKEN_PREFIX)) {
    throw new InvalidGrantError('refresh_token_malformed')
  }
  const bytes = decodeBase64url(text.slice(REFRESH_TOKEN_PREFIX.length))
  if (bytes === undefined || bytes.length <= HEAD_LENGTH + TAG_LENGTH || bytes[0] !== VERSION) {
    throw new InvalidGrantError('refresh_token_malformed')
  }
  return bytes
}

function computeTag(signed: Uint8Array, secret: RootSecret, backend: CryptoBackend): Uint8Array {
  return backend.hmacSha256(secret.deriveKey('refresh_token'), signed).subarray(0, TAG_LENGTH)
}

function decodeId(id: string): Uint8Array {
  const bytes = decodeBase64url(id)
  if (bytes === undefined) throw new TypeError('an id is base64url')
  return bytes
}
