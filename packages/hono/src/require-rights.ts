import { type DemandedRights, refuseRights } from '@authcore/http'
import type { MiddlewareHandler } from 'hono'
import { respond } from './respond.js'

/**
 * Demands every one of the scopes; stands behind `requireAuth`.
 * @example
 * app.delete('/reports/:id', requireAuth(auth, policy), requireScope('reports:write'), handler)
 */
export function requireScope(...scopes: readonly string[]): MiddlewareHandler {
  return demand({ scope: scopes })
}

/**
 * Demands every one of the roles; stands behind `requireAuth`. API keys carry none.
 * @example
 * app.use('/admin/*', requireAuth(auth, policy), requireRole('admin'))
 */
export function requireRole(...roles: readonly string[]): MiddlewareHandler {
  return demand({ roles })
}

function demand(rights: DemandedRights): MiddlewareHandler {
  return async (c, next) => {
    const answer = refuseRights(c, c.get('auth'), rights)
    return answer === undefined ? next() : respond(c, answer)
  }
}
