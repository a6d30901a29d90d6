import { InvalidLoginError } from '@authcore/core'
import type { AnyPrincipal } from '@authcore/core/extension'
import { membersOf } from './arguments.js'
import type { FactorContext } from './factor-context.js'
import { readLogin } from './fresh-login.js'
import type { FactorLogin, StepUp, StepUpClient } from './second-factors.js'
import { type Verifiers, verifyProof } from './verify-proof.js'

/**
 * The login that challenges and codes of a step-up are bound to: no pending login has such an id.
 * @throws InvalidRequestError `credentials_missing`
 */
export function toStepUpLogin(principal: AnyPrincipal): FactorLogin {
  const { subject, loginId } = readLogin(principal)
  return Object.freeze({ subject, loginId: `step-up:${loginId}` })
}

/** Counts an attempt and verifies a proof of somebody who is logged in. */
export async function verifyStepUp(
  request: { readonly principal: AnyPrincipal; readonly proof: unknown; readonly client: StepUpClient },
  context: FactorContext,
  verifiers: Verifiers,
): Promise<StepUp> {
  const { host, settings } = context
  const { principal, proof } = request
  const login = toStepUpLogin(principal)
  const { outcome } = await settings.throttle.take({ subject: login.subject, ...toClient(request.client) })
  if (outcome === 'refused') {
    host.emit('factor.refused', { subject: login.subject, reason: 'throttled' })
    throw new InvalidLoginError('login_throttled')
  }
  const { amr, acr } = await verifyProof({ ...login, proof }, context, verifiers)
  const before = 'amr' in principal ? (principal.amr ?? []) : []
  return Object.freeze({
    subject: login.subject,
    amr: Object.freeze([...new Set([...before, ...amr, 'mfa'])]),
    ...(acr !== undefined && { acr }),
    authenticatedAt: host.clock(),
  })
}

function toClient(client: StepUpClient): StepUpClient {
  const members = membersOf(client)
  const [ip, deviceToken] = [members.get('ip'), members.get('deviceToken')]
  return {
    ...(typeof ip === 'string' && ip !== '' && { ip }),
    ...(typeof deviceToken === 'string' && { deviceToken }),
  }
}
