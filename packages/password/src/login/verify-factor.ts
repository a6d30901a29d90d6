import { InvalidLoginError } from '@authcore/core'
import type { LoginClient, ProvedByClient } from './login.js'
import { refuseLogin } from './login-context.js'
import type { LoginSettings } from './login-options.js'
import type { SecondFactorProof } from './second-factors.js'

/**
 * Has the factors verify a proof.
 * @param proof nothing about it is known
 * @throws InvalidLoginError `login_second_factor_invalid` for whatever is not accepted
 */
export async function verifyFactor<Verified>(
  proof: unknown,
  details: { readonly subject?: string; readonly client: LoginClient },
  settings: Pick<LoginSettings, 'auth'>,
  verify: (proof: SecondFactorProof) => Promise<Verified>,
): Promise<Verified> {
  if (!isProof(proof)) throw refuseLogin('login_second_factor_invalid', settings, details)
  try {
    return await verify(proof)
  } catch (error) {
    if (error instanceof InvalidLoginError) throw refuseLogin(error.code, settings, details)
    throw error
  }
}

/** An own member only: a session must not be bound to what somebody has put into `Object.prototype`. */
export function readConfirmation(options: ProvedByClient): ProvedByClient {
  return { confirmation: Object.hasOwn(options, 'confirmation') ? options.confirmation : undefined }
}

function isProof(proof: unknown): proof is SecondFactorProof {
  return typeof proof === 'object' && proof !== null && !Array.isArray(proof)
}
