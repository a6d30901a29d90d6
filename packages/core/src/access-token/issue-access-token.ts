import type { Context } from '../context.js'
import { InvalidRequestError } from '../errors.js'
import { encodeBase64url } from '../jws/base64url.js'
import { createJwsSigner } from '../jws/sign.js'
import type { SigningKey } from '../jws/types.js'
import { ownMembers } from '../own-members.js'
import { ACCESS_TOKEN_TYPE, toClaims } from './access-token-claims.js'
import type { IssuedAccessToken } from './access-tokens.js'
import type { Grant } from './grant.js'

/** Where and when a token is issued. */
export interface IssueFrame {
  readonly key: SigningKey
  /** Epoch milliseconds; read before anything that a revocation could race with. */
  readonly issuedAt: number
  readonly sessionId?: string
  /** Instead of the audience of the options. */
  readonly audience?: readonly string[]
  /** The token never outlives this instant. */
  readonly latestExpiresAt?: number
}

/** Signs an access token for a checked grant (RFC 9068). */
export async function issueAccessToken(
  grant: Grant,
  frame: IssueFrame,
  { settings, emit }: Context,
): Promise<IssuedAccessToken> {
  const { key, issuedAt, sessionId, latestExpiresAt = Number.POSITIVE_INFINITY, audience } = ownMembers(frame)
  const issuedSecond = Math.floor(issuedAt / 1000)
  const expiresSecond = Math.min(
    issuedSecond + settings.accessToken.ttlSeconds,
    Math.floor(latestExpiresAt / 1000),
  )
  const expiresAt = expiresSecond * 1000
  const tokenId = encodeBase64url(settings.random(16))
  const claims = toClaims(grant, {
    issuer: settings.issuer,
    audience: audience ?? settings.audience,
    tokenId,
    issuedAt,
    expiresAt,
    ...(sessionId !== undefined && { sessionId }),
  })
  const signing = signerOf(key)(JSON.stringify(claims))
  const accessToken = typeof signing === 'string' ? signing : await signing
  if (accessToken.length > settings.accessToken.maxLength) {
    throw new InvalidRequestError('argument_invalid', {
      detail: 'The access token would be longer than accessToken.maxLength; put less into it.',
    })
  }
  emit('access_token.issued', {
    subject: grant.subject,
    tokenId,
    clientId: grant.clientId ?? settings.issuer,
    ...(sessionId !== undefined && { sessionId }),
  })
  return Object.freeze({
    accessToken,
    tokenType: Object.hasOwn(grant.confirmation ?? {}, 'jkt') ? 'DPoP' : 'Bearer',
    tokenId,
    issuedAt,
    expiresAt,
    expiresInSeconds: expiresSecond - issuedSecond,
  })
}

type JwsSigner = ReturnType<typeof createJwsSigner>

// keyed by the key itself, so that memory ends with it: all tokens of a key have the same header
const signers = new WeakMap<SigningKey, JwsSigner>()

function signerOf(key: SigningKey): JwsSigner {
  const known = signers.get(key)
  if (known !== undefined) return known
  const signer = createJwsSigner(key, { typ: ACCESS_TOKEN_TYPE })
  signers.set(key, signer)
  return signer
}
