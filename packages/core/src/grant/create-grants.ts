import { validateAudience, validateGrant } from '../access-token/grant.js'
import {
  refuseOtherAudience,
  validateConfirmation,
  validateLoginAge,
  validateSchema,
  validateScope,
} from '../access-token/token-demands.js'
import type { Context } from '../context.js'
import { ownMembers } from '../own-members.js'
import { askRevocation } from '../revocation/ask-revocation.js'
import type { RevocationCheck } from '../revocation/revocation-check.js'
import type { Grants } from './grants.js'

/** Opens the rules of access tokens to those of another form. */
export function createGrants(context: Context, revocationCheck: RevocationCheck): Grants {
  const { settings, instants } = context
  const { ttlSeconds, clockToleranceSeconds, claims } = settings.accessToken
  return Object.freeze({
    maxLifetimeSeconds: ttlSeconds,
    validateAudience: audience => validateAudience(audience) ?? settings.audience,
    validate: options => validateGrant(ownMembers(options), settings),
    issuedAt: () => instants.issuing(),
    isRevoked: credential => askRevocation(ownMembers(credential), undefined, revocationCheck, context),
    accept: async (principal, givenDemands) => {
      const facts = ownMembers(principal)
      const demands = ownMembers(givenDemands)
      refuseOtherAudience(facts, demands.audience ?? settings.audience)
      validateConfirmation(facts, demands)
      const typed = await validateSchema(principal, claims)
      validateLoginAge(facts, demands.maxAgeSeconds, settings.clock(), clockToleranceSeconds * 1000)
      validateScope(facts, demands.scope)
      return typed
    },
    report: principal => validateSchema(principal, claims),
  } satisfies Grants)
}
