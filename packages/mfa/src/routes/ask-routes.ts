import { InvalidRequestError } from '@authcore/core'
import {
  type PackageRoute,
  type PackageRouteCall,
  type RouteBody,
  readRouteBody,
} from '@authcore/core/extension'
import type { CodeChannel } from '../factor.js'
import type { FactorLogin } from '../second-factors.js'
import type { RouteContext } from './route-context.js'
import { toWireCeremony, toWireSentCode } from './wire.js'

/** Where a factor is asked for. */
export interface AskedAt {
  readonly path: '/login' | '/step-up'
  readonly policy?: PackageRoute['policy']
  /** The members of the body that say which login it is. */
  readonly known: readonly string[]
}

/** `POST <path>/code` and `POST <path>/passkey`, where there are such factors. */
export function askRoutes(
  { path, policy, known }: AskedAt,
  findLogin: (call: PackageRouteCall, body: RouteBody) => Promise<FactorLogin | undefined>,
  { secondFactors }: RouteContext,
): readonly PackageRoute[] {
  const { methods } = secondFactors
  const shared = { method: 'POST', ...(policy !== undefined && { policy }) } as const
  const askCode: PackageRoute = {
    ...shared,
    path: `${path}/code`,
    handle: async call => {
      const body = readRouteBody(await call.readBody(), [...known, 'method', 'factor_id'])
      const send = { channel: readChannel(body), factorId: body.optionalText('factor_id', 64) }
      const login = await findLogin(call, body)
      if (login === undefined) throw malformed('pending_token is required.')
      return { status: 202, body: toWireSentCode(await secondFactors.sendCode(login, send)) }
    },
  }
  const askPasskey: PackageRoute = {
    ...shared,
    path: `${path}/passkey`,
    handle: async call => {
      const login = await findLogin(call, readRouteBody(await call.readBody(), known))
      const challenge =
        login === undefined ? secondFactors.startPasskeyLogin() : secondFactors.challengePasskey(login)
      return { status: 200, body: toWireCeremony(await challenge) }
    },
  }
  return [
    ...(methods.includes('sms') || methods.includes('email') ? [askCode] : []),
    ...(methods.includes('passkey') ? [askPasskey] : []),
  ]
}

function readChannel(body: RouteBody): CodeChannel {
  const method = body.text('method', 8)
  if (method === 'sms' || method === 'email') return method
  throw malformed('method must be sms or email.')
}

function malformed(detail: string): InvalidRequestError {
  return new InvalidRequestError('request_body_malformed', { detail })
}
