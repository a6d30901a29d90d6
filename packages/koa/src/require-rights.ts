import { type DemandedRights, refuseRights } from '@authcore/http'
import type { KoaMiddleware } from './koa-types.js'
import { respond } from './respond.js'

/**
 * Demands every one of the scopes; stands behind `requireAuth`.
 * @example
 * router.delete('/reports/:id', requireAuth(auth, policy), requireScope('reports:write'), handler)
 */
export function requireScope(...scopes: readonly string[]): KoaMiddleware {
  return demand({ scope: scopes })
}

/**
 * Demands every one of the roles; stands behind `requireAuth`. API keys carry none.
 * @example
 * router.use('/admin', requireAuth(auth, policy), requireRole('admin'))
 */
export function requireRole(...roles: readonly string[]): KoaMiddleware {
  return demand({ roles })
}

function demand(rights: DemandedRights): KoaMiddleware {
  return async (context, next) => {
    const answer = refuseRights(context, context.state.auth, rights)
    if (answer === undefined) await next()
    else respond(context, answer)
  }
}
