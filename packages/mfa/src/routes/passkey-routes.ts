import { type PackageRoute, readRouteBody } from '@authcore/core/extension'
import { readStart } from './read-start.js'
import { principalOf, type RouteContext } from './route-context.js'
import { toWireCeremony, toWireFactor } from './wire.js'

/** `POST /factors/passkey` and `POST /factors/passkey/confirm`, where there are passkeys. */
export function passkeyRoutes(context: RouteContext): readonly PackageRoute[] {
  const { secondFactors, owner } = context
  if (!secondFactors.methods.includes('passkey')) return []
  return [
    {
      method: 'POST',
      path: '/factors/passkey',
      policy: owner,
      handle: async call => {
        const start = await readStart(call, context)
        return {
          status: 201,
          body: toWireCeremony(await secondFactors.startPasskey(principalOf(call), start)),
        }
      },
    },
    {
      method: 'POST',
      path: '/factors/passkey/confirm',
      policy: owner,
      handle: async call => {
        const response = readRouteBody(await call.readBody(), ['response']).object('response')
        const factor = await secondFactors.confirmPasskey(principalOf(call), { response })
        return { status: 201, body: toWireFactor(factor) }
      },
    },
  ]
}
