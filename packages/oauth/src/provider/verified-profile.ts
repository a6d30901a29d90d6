import { isText } from '../text.js'
import { refuseIdentity } from './sign-in-failure.js'

/** Whom a provider vouches for. Everything in it was verified as far as that provider can be believed. */
export interface VerifiedProfile {
  /** The name of the provider in this deployment. */
  readonly provider: string
  /** With `subject` the one name of this person; addresses change their owners. */
  readonly issuer: string
  /** 1 to 255 characters; means nothing at another issuer. */
  readonly subject: string
  readonly email?: string
  /** Whether the provider says that the address is theirs. */
  readonly isEmailVerified: boolean
  readonly name?: string
  readonly amr: readonly string[]
  /** When they proved who they are at the provider, epoch milliseconds, where it says so. */
  readonly authenticatedAt?: number
}

const MAX_SUBJECT = 255
const MAX_EMAIL = 320
const MAX_NAME = 200
const MAX_AMR = 8

/**
 * Builds a profile of verified claims; what is too long or no text is left out.
 * @throws SignInFailure without a subject
 */
export function toProfile(
  claims: ReadonlyMap<string, unknown>,
  { provider, issuer, isEmailVerified }: Pick<VerifiedProfile, 'provider' | 'issuer' | 'isEmailVerified'>,
): VerifiedProfile {
  const [subject, email, name] = [claims.get('sub'), claims.get('email'), claims.get('name')]
  const authTime = claims.get('auth_time')
  if (!isText(subject, MAX_SUBJECT)) throw refuseIdentity('id_token_claims_invalid')
  const hasEmail = isText(email, MAX_EMAIL) && email.includes('@')
  return Object.freeze({
    provider,
    issuer,
    subject,
    ...(hasEmail && { email }),
    isEmailVerified: hasEmail && isEmailVerified,
    ...(isText(name, MAX_NAME) && { name }),
    amr: readAmr(claims.get('amr')),
    ...(typeof authTime === 'number' && Number.isFinite(authTime) && { authenticatedAt: authTime * 1000 }),
  })
}

function readAmr(amr: unknown): readonly string[] {
  const methods: readonly unknown[] = Array.isArray(amr) ? amr.slice(0, MAX_AMR) : []
  return Object.freeze(methods.filter((method): method is string => isText(method, 32)))
}
