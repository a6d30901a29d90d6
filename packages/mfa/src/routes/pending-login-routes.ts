import type { PackageRoute } from '@authcore/core/extension'
import { askRoutes } from './ask-routes.js'
import type { PendingLogins, RouteContext } from './route-context.js'

const MAX_TOKEN = 4096

/**
 * `POST /login/code` and `POST /login/passkey` for a login that waits for its second factor. Without a pending token
 * the latter asks for a passkey as the first factor.
 */
export function pendingLoginRoutes(login: PendingLogins, context: RouteContext): readonly PackageRoute[] {
  return askRoutes(
    { path: '/login', known: ['pending_token'] },
    async (_, body) => {
      const pendingToken = body.optionalText('pending_token', MAX_TOKEN)
      return pendingToken === undefined ? undefined : login.readPendingLogin(pendingToken)
    },
    context,
  )
}
