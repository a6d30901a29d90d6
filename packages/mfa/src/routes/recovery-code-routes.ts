import { type PackageRoute, readRouteBody } from '@authcore/core/extension'
import { principalOf, type RouteContext } from './route-context.js'

/** `GET` and `POST /factors/recovery-codes`. */
export function recoveryCodeRoutes({ secondFactors, owner }: RouteContext): readonly PackageRoute[] {
  const path = '/factors/recovery-codes'
  return [
    {
      method: 'GET',
      path,
      policy: owner,
      handle: async call => {
        const { recoveryCodesLeft } = await secondFactors.list(principalOf(call))
        return { status: 200, body: { recovery_codes_left: recoveryCodesLeft } }
      },
    },
    {
      method: 'POST',
      path,
      policy: owner,
      handle: async call => {
        readRouteBody(await call.readBody(), [])
        const codes = await secondFactors.generateRecoveryCodes(principalOf(call))
        return { status: 201, body: { recovery_codes: codes } }
      },
    },
  ]
}
