import { type PackageRoute, readRouteBody } from '@authcore/core/extension'
import { readStart } from './read-start.js'
import { principalOf, type RouteContext } from './route-context.js'
import { toNumericDate, toWireFactor } from './wire.js'

/** `POST /factors/totp` and `POST /factors/totp/confirm`, or the same for counter tokens. */
export function otpRoutes(method: 'totp' | 'hotp', context: RouteContext): readonly PackageRoute[] {
  const { secondFactors, owner } = context
  const [start, confirm] =
    method === 'totp'
      ? [secondFactors.startTotp, secondFactors.confirmTotp]
      : [secondFactors.startHotp, secondFactors.confirmHotp]
  return [
    {
      method: 'POST',
      path: `/factors/${method}`,
      policy: owner,
      handle: async call => {
        const enrolment = await start(principalOf(call), await readStart(call, context))
        const { factorId, secret, uri, qrCode, expiresAt } = enrolment
        const body = {
          factor_id: factorId,
          secret,
          uri,
          qr_code: qrCode,
          expires_at: toNumericDate(expiresAt),
        }
        return { status: 201, body }
      },
    },
    {
      method: 'POST',
      path: `/factors/${method}/confirm`,
      policy: owner,
      handle: async call => {
        const body = readRouteBody(await call.readBody(), ['factor_id', 'code'])
        const answer = { factorId: body.text('factor_id', 64), code: body.text('code', 32) }
        return { status: 201, body: toWireFactor(await confirm(principalOf(call), answer)) }
      },
    },
  ]
}
