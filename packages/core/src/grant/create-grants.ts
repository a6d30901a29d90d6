import { validateGrant } from '../access-token/grant.js'
import {
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
    validate: options => validateGrant(ownMembers(options), settings),
    issuedAt: () => instants.issuing(),
    isRevoked: credential => askRevocation(ownMembers(credential), undefined, revocationCheck, context),
    accept: async (principal, givenDemands) => {
      const facts = ownMembers(principal)
      const demands = ownMembers(givenDemands)
      validateConfirmation(facts, demands)
      const typed = await validateSchema(principal, claims)
      validateLoginAge(facts, demands.maxAgeSeconds, settings.clock(), clockToleranceSeconds * 1000)
      validateScope(facts, demands.scope)
      return typed
    },
    report: principal => validateSchema(principal, claims),
  } satisfies Grants)
}
