import { InvalidTokenError, type RevocableCredential, type SecretBox } from '@authcore/core'

/**
 * The text of an opaque token is `at_` and base64url of
 *
 * | bytes | what |
 * |---|---|
 * | 6 | id of the root secret |
 * | 12 | nonce |
 * | n | version, ids and instants, sealed |
 * | 16 | tag: that of AES-256-GCM |
 *
 * The tag proves that we issued it, so a forgery is refused without a store call. What is sealed are the names under
 * which a token can be revoked: they are looked up together with its record, and nobody else can read them.
 */
export interface OpaqueTokenText extends RevocableCredential {
  readonly clientId: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

/** Writes and opens the texts of one deployment. */
export interface OpaqueTokenTexts {
  hasForm(text: unknown): text is string
  seal(text: OpaqueTokenText): Promise<string>
  /** @throws InvalidTokenError `token_malformed`, `token_signature_invalid` */
  open(token: unknown): Promise<OpaqueTokenText>
}

const PREFIX = 'at_'
const VERSION = 1
/** Three names of 255 characters of three bytes each fit. */
const MAX_LENGTH = 4096
const BASE64URL = /^[A-Za-z0-9_-]+$/
/** What is sealed for another purpose opens nothing here. */
const ASSOCIATED = 'opaque_token'

type SealedContent = readonly [
  version: number,
  tokenId: string,
  subject: string,
  clientId: string,
  sessionId: string,
  issuedAt: number,
  expiresAt: number,
]

/** Prepares the texts under a key of their own. */
export function createOpaqueTokenTexts(box: SecretBox): OpaqueTokenTexts {
  const hasForm = (text: unknown): text is string =>
    typeof text === 'string' && text.startsWith(PREFIX) && text.length <= MAX_LENGTH
  return Object.freeze({
    hasForm,
    seal: async ({ tokenId, subject, clientId, sessionId = '', issuedAt, expiresAt }) => {
      const content: SealedContent = [VERSION, tokenId, subject, clientId, sessionId, issuedAt, expiresAt]
      return PREFIX + (await box.seal(JSON.stringify(content), ASSOCIATED))
    },
    open: async token => {
      if (!hasForm(token) || !BASE64URL.test(token.slice(PREFIX.length))) {
        throw new InvalidTokenError('token_malformed')
      }
      const content = await box.openText(token.slice(PREFIX.length), ASSOCIATED)
      if (content === undefined) throw new InvalidTokenError('token_signature_invalid')
      return toText(JSON.parse(content))
    },
  } satisfies OpaqueTokenTexts)
}

/** What opens was written by `seal`; only the version may be another. */
function toText([
  version,
  tokenId,
  subject,
  clientId,
  sessionId,
  issuedAt,
  expiresAt,
]: SealedContent): OpaqueTokenText {
  if (version !== VERSION) throw new InvalidTokenError('token_malformed')
  return Object.freeze({
    tokenId,
    subject,
    clientId,
    // no session has an empty name
    ...(sessionId !== '' && { sessionId }),
    issuedAt,
    expiresAt,
  })
}
