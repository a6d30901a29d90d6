import { ConfigError, type Principal } from '@authcore/core'
import { requireRole as checkRole, requireScope as checkScope, toErrorResponse } from '@authcore/http'
import type { MiddlewareHandler } from 'hono'
import { respond } from './respond.js'

/**
 * Demands every one of the scopes; stands behind `requireAuth`.
 * @example
 * app.delete('/reports/:id', requireAuth(auth, policy), requireScope('reports:write'), handler)
 */
export function requireScope(...scopes: readonly string[]): MiddlewareHandler {
  return demand(principal => checkScope(principal, scopes))
}

/**
 * Demands every one of the roles; stands behind `requireAuth`. API keys carry none.
 * @example
 * app.use('/admin/*', requireAuth(auth, policy), requireRole('admin'))
 */
export function requireRole(...roles: readonly string[]): MiddlewareHandler {
  return demand(principal => checkRole(principal, roles))
}

function demand(check: (principal: Principal | undefined) => void): MiddlewareHandler {
  return async (c, next) => {
    if (!('auth' in c.var)) throw new ConfigError('config_invalid', [{ path: '', message: ORDER }])
    try {
      check(c.var.auth)
    } catch (error) {
      const answer = toErrorResponse(error)
      if (answer === undefined) throw error
      return respond(c, answer)
    }
    await next()
    return undefined
  }
}

const ORDER = 'requireScope and requireRole must stand behind requireAuth'
