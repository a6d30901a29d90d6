import { type DemandedRights, refuseRights } from '@authcore/http'
import type { FastifyHook } from './fastify-types.js'
import { respond } from './respond.js'

/**
 * Demands every one of the scopes; stands behind `requireAuth`.
 * @example
 * const onRequest = [requireAuth(auth, policy), requireScope('reports:write')]
 */
export function requireScope(...scopes: readonly string[]): FastifyHook {
  return demand({ scope: scopes })
}

/**
 * Demands every one of the roles; stands behind `requireAuth`. API keys carry none.
 * @example
 * admin.addHook('onRequest', requireAuth(auth, policy))
 * admin.addHook('onRequest', requireRole('admin'))
 */
export function requireRole(...roles: readonly string[]): FastifyHook {
  return demand({ roles })
}

function demand(rights: DemandedRights): FastifyHook {
  return async (request, reply) => {
    const answer = refuseRights(request, request.auth, rights)
    return answer && respond(reply, answer)
  }
}
