import { ConfigError, type Principal } from '@authcore/core'
import { requireRole as checkRole, requireScope as checkScope, toErrorResponse } from '@authcore/http'
import { type FastifyHook, GUARDED } from './fastify-types.js'
import { respond } from './respond.js'

/**
 * Demands every one of the scopes; stands behind `requireAuth`.
 * @example
 * const onRequest = [requireAuth(auth, policy), requireScope('reports:write')]
 */
export function requireScope(...scopes: readonly string[]): FastifyHook {
  return demand(principal => checkScope(principal, scopes))
}

/**
 * Demands every one of the roles; stands behind `requireAuth`. API keys carry none.
 * @example
 * admin.addHook('onRequest', requireAuth(auth, policy))
 * admin.addHook('onRequest', requireRole('admin'))
 */
export function requireRole(...roles: readonly string[]): FastifyHook {
  return demand(principal => checkRole(principal, roles))
}

function demand(check: (principal: Principal | undefined) => void): FastifyHook {
  return async (request, reply) => {
    if (request[GUARDED] !== true) throw new ConfigError('config_invalid', [{ path: '', message: ORDER }])
    try {
      check(request.auth)
      return undefined
    } catch (error) {
      const answer = toErrorResponse(error)
      if (answer === undefined) throw error
      return respond(reply, answer)
    }
  }
}

const ORDER = 'requireScope and requireRole must stand behind requireAuth'
