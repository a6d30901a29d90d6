import { validateOptionalText } from '../arguments.js'
import type { Context } from '../context.js'
import { InvalidTokenError } from '../errors.js'
import { reportRefusal } from '../events.js'
import { ALGORITHMS } from '../jws/algorithms.js'
import { ownMembers } from '../own-members.js'
import { askRevocation } from '../revocation/ask-revocation.js'
import type { RevocationCheck } from '../revocation/revocation-check.js'
import type { KeyRing } from '../signing-key/create-signing-keys.js'
import { type AccessTokenCheck, createAccessTokenCheck } from './access-token-check.js'
import { ACCESS_TOKEN_TYPE } from './access-token-claims.js'
import type { AccessTokens } from './access-tokens.js'
import { validateAudience, validateGrant } from './grant.js'
import { issueAccessToken } from './issue-access-token.js'

/** Creates the access tokens of one deployment: its own keys, its own revocations. */
export function createAccessTokens(
  context: Context,
  keyRing: KeyRing,
  revocationCheck: RevocationCheck,
): { readonly accessTokens: AccessTokens; readonly checkAccessToken: AccessTokenCheck } {
  const { settings, instants, emit } = context
  const { algorithm: _algorithm, ttlSeconds: _ttlSeconds, ...limits } = settings.accessToken
  const checkAccessToken = createAccessTokenCheck({
    ...limits,
    issuer: [settings.issuer],
    audience: settings.audience,
    // the algorithm belongs to the key that the ring names; tokens of keys made under an earlier setting live on
    algorithms: ALGORITHMS,
    types: [ACCESS_TOKEN_TYPE],
    clock: settings.clock,
    findKey: ({ kid }) => (kid === undefined ? undefined : keyRing.findVerificationKey(kid)),
    isRevoked: (principal, kid) => askRevocation(principal, kid, revocationCheck, context),
  })

  const accessTokens: AccessTokens = Object.freeze({
    async issue(givenOptions) {
      // what an option leaves out must not come from a polluted Object.prototype: it would be signed
      const options = ownMembers(givenOptions)
      const grant = await validateGrant(options, settings)
      const sessionId = validateOptionalText(options.sessionId, 'sessionId')
      const audience = validateAudience(options.audience)
      const issuedAt = instants.issuing()
      const found = keyRing.findSigningKey()
      const key = found instanceof Promise ? await found : found
      return issueAccessToken(
        grant,
        {
          key,
          issuedAt,
          ...(sessionId !== undefined && { sessionId }),
          ...(audience !== undefined && { audience }),
        },
        context,
      )
    },
    verify: (token, options) => reportRefusal('access_token', emit, () => checkAccessToken(token, options)),
    introspect: async token => {
      try {
        return await checkAccessToken(token, undefined, 'reported')
      } catch (error) {
        if (error instanceof InvalidTokenError) return undefined
        throw error
      }
    },
  } satisfies AccessTokens)
  return { accessTokens, checkAccessToken }
}
