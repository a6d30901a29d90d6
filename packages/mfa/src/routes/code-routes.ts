import { type PackageRoute, readRouteBody } from '@authcore/core/extension'
import type { CodeChannel } from '../factor.js'
import { readName } from './read-start.js'
import { principalOf, type RouteContext } from './route-context.js'
import { toWireFactor, toWireSentCode } from './wire.js'

/** `POST /factors/sms` and `POST /factors/sms/confirm`, and the same for e-mail, where codes are sent. */
export function codeRoutes(context: RouteContext): readonly PackageRoute[] {
  const channels: readonly CodeChannel[] = ['sms', 'email']
  return channels
    .filter(channel => context.secondFactors.methods.includes(channel))
    .flatMap(channel => channelRoutes(channel, context))
}

function channelRoutes(
  channel: CodeChannel,
  { secondFactors, owner }: RouteContext,
): readonly PackageRoute[] {
  return [
    {
      method: 'POST',
      path: `/factors/${channel}`,
      policy: owner,
      handle: async call => {
        const body = readRouteBody(await call.readBody(), ['to', 'name'])
        const start = { channel, to: body.text('to', 254), ...readName(body) }
        return { status: 201, body: toWireSentCode(await secondFactors.startCode(principalOf(call), start)) }
      },
    },
    {
      method: 'POST',
      path: `/factors/${channel}/confirm`,
      policy: owner,
      handle: async call => {
        const body = readRouteBody(await call.readBody(), ['factor_id', 'code'])
        const answer = { factorId: body.text('factor_id', 64), code: body.text('code', 32) }
        return { status: 201, body: toWireFactor(await secondFactors.confirmCode(principalOf(call), answer)) }
      },
    },
  ]
}
