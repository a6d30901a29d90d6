import type { PackageRoute } from '@authcore/core/extension'
import { principalOf, type RouteContext } from './route-context.js'
import { toWireFactor } from './wire.js'

/** `GET /factors` and `DELETE /factors/:id`. */
export function factorListRoutes({ secondFactors, owner }: RouteContext): readonly PackageRoute[] {
  return [
    {
      method: 'GET',
      path: '/factors',
      policy: owner,
      handle: async call => {
        const { factors, recoveryCodesLeft } = await secondFactors.list(principalOf(call))
        const body = { factors: factors.map(toWireFactor), recovery_codes_left: recoveryCodesLeft }
        return { status: 200, body }
      },
    },
    {
      method: 'DELETE',
      path: '/factors/:id',
      policy: owner,
      handle: async call => {
        await secondFactors.remove(principalOf(call), call.id)
        return { status: 204 }
      },
    },
  ]
}
