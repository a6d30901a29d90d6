import { ConfigError, type Principal } from '@authcore/core'
import { requireRole as checkRole, requireScope as checkScope, toErrorResponse } from '@authcore/http'
import type { ExpressHandler } from './express-types.js'
import { respond } from './respond.js'

/**
 * Demands every one of the scopes; stands behind `requireAuth`.
 * @example
 * app.delete('/reports/:id', requireAuth(auth, policy), requireScope('reports:write'), handler)
 */
export function requireScope(...scopes: readonly string[]): ExpressHandler {
  return demand(principal => checkScope(principal, scopes))
}

/**
 * Demands every one of the roles; stands behind `requireAuth`. API keys carry none.
 * @example
 * app.use('/admin', requireAuth(auth, policy), requireRole('admin'))
 */
export function requireRole(...roles: readonly string[]): ExpressHandler {
  return demand(principal => checkRole(principal, roles))
}

function demand(check: (principal: Principal | undefined) => void): ExpressHandler {
  return (request, response, next) =>
    respond(response, next, async () => {
      try {
        if (!('auth' in request)) throw new ConfigError('config_invalid', [{ path: '', message: ORDER }])
        check(request.auth)
        return undefined
      } catch (error) {
        return toErrorResponse(error) ?? Promise.reject(error)
      }
    })
}

const ORDER = 'requireScope and requireRole must stand behind requireAuth'
