import { ConfigError, type Principal } from '@authcore/core'
import { requireRole as checkRole, requireScope as checkScope, toErrorResponse } from '@authcore/http'
import type { KoaMiddleware } from './koa-types.js'
import { respond } from './respond.js'

/**
 * Demands every one of the scopes; stands behind `requireAuth`.
 * @example
 * router.delete('/reports/:id', requireAuth(auth, policy), requireScope('reports:write'), handler)
 */
export function requireScope(...scopes: readonly string[]): KoaMiddleware {
  return demand(principal => checkScope(principal, scopes))
}

/**
 * Demands every one of the roles; stands behind `requireAuth`. API keys carry none.
 * @example
 * router.use('/admin', requireAuth(auth, policy), requireRole('admin'))
 */
export function requireRole(...roles: readonly string[]): KoaMiddleware {
  return demand(principal => checkRole(principal, roles))
}

function demand(check: (principal: Principal | undefined) => void): KoaMiddleware {
  return async (context, next) => {
    if (!('auth' in context.state)) throw new ConfigError('config_invalid', [{ path: '', message: ORDER }])
    try {
      check(context.state.auth)
    } catch (error) {
      const answer = toErrorResponse(error)
      if (answer === undefined) throw error
      return respond(context, answer)
    }
    await next()
  }
}

const ORDER = 'requireScope and requireRole must stand behind requireAuth'
