import { ConfigError } from '@authcore/core'
import type { AuthRequest } from './auth-request.js'
import type { AuthResponse } from './auth-response.js'
import { type ChallengingDeployment, deploymentChallenges } from './deployment-challenges.js'
import { toErrorResponse } from './error-response.js'
import { type Rights, requireRole, requireScope } from './require-rights.js'

/** How a guard that a request has passed answers errors of what stands behind it. */
export interface PassedGuard {
  answerError(error: unknown): AuthResponse | undefined
}

/** What a route demands of whoever has passed its guard. */
export interface DemandedRights {
  readonly scope?: readonly string[]
  readonly roles?: readonly string[]
}

/** What is known where an error is to be answered. */
export interface ErrorContext {
  /** What the framework passes along with the request: where `rememberGuard` may have left a guard. */
  readonly carrier: object
  /** The deployment, for requests that no guard has let pass. */
  readonly auth?: ChallengingDeployment | undefined
  /** Maps the request; called only with `auth`. */
  readonly toRequest: () => Pick<AuthRequest, 'headers'>
}

/** Not enumerable and no name: nobody but this file finds it. */
const GUARD: unique symbol = Symbol('guarded by requireAuth')

const ORDER = 'requireScope and requireRole must stand behind requireAuth'

/**
 * Remembers that a request has passed a guard, for `refuseRights` and `answerError`.
 * @param carrier what the framework passes along with the request: its request, or its context
 * @param guard what `guardRequest` has returned for a request that passed
 */
export function rememberGuard(carrier: object, guard: PassedGuard): void {
  Object.defineProperty(carrier, GUARD, { value: guard, configurable: true })
}

function findGuard(carrier: object): PassedGuard | undefined {
  // what stands there, `rememberGuard` has put there
  return Reflect.get(carrier, GUARD) as PassedGuard | undefined
}

/**
 * Demands rights of whoever has passed the guard, for `requireScope` and `requireRole` of adapters.
 * @param carrier where `rememberGuard` has left the guard
 * @param principal as the guard has found it
 * @returns the answer to one whose rights are too few, or to nobody, with the challenges of the guard
 * @throws ConfigError `config_invalid` where no guard stands before
 */
export function refuseRights(
  carrier: object,
  principal: Rights | undefined,
  { scope = [], roles = [] }: DemandedRights,
): AuthResponse | undefined {
  const guard = findGuard(carrier)
  if (guard === undefined) throw new ConfigError('config_invalid', [{ path: '', message: ORDER }])
  try {
    requireScope(principal, scope)
    requireRole(principal, roles)
    return undefined
  } catch (error) {
    const answer = guard.answerError(error)
    if (answer === undefined) throw error
    return answer
  }
}

/**
 * Answers an error of the application, for error handlers of adapters: as the guard would that its request has passed,
 * or else with the challenges of the deployment, where it is given.
 * @returns `undefined` for errors that are not for the caller
 */
export function answerError(
  error: unknown,
  { carrier, auth, toRequest }: ErrorContext,
): AuthResponse | undefined {
  const guard = findGuard(carrier)
  if (guard !== undefined) return guard.answerError(error)
  return toErrorResponse(error, auth && deploymentChallenges(auth, toRequest()))
}
