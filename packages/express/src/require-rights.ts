import { type DemandedRights, refuseRights } from '@authcore/http'
import type { ExpressHandler } from './express-types.js'
import { respond } from './respond.js'

/**
 * Demands every one of the scopes; stands behind `requireAuth`.
 * @example
 * app.delete('/reports/:id', requireAuth(auth, policy), requireScope('reports:write'), handler)
 */
export function requireScope(...scopes: readonly string[]): ExpressHandler {
  return demand({ scope: scopes })
}

/**
 * Demands every one of the roles; stands behind `requireAuth`. API keys carry none.
 * @example
 * app.use('/admin', requireAuth(auth, policy), requireRole('admin'))
 */
export function requireRole(...roles: readonly string[]): ExpressHandler {
  return demand({ roles })
}

function demand(rights: DemandedRights): ExpressHandler {
  return (request, response, next) =>
    respond(response, next, async () => refuseRights(request, request.auth, rights))
}
