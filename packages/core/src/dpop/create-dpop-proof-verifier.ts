import { backend as runtimeBackend } from '#crypto'
import type { Context } from '../context.js'
import { createRootSecrets, secretProblem } from '../crypto/root-secrets.js'
import { ConfigError, type ConfigProblem } from '../errors.js'
import { type AuthEventSink, createEmitter, type EmitEvent, reportRefusal } from '../events.js'
import { guardStore } from '../guarded-stores.js'
import { type Algorithm, isAlgorithm } from '../jws/algorithms.js'
import { ownMembers } from '../own-members.js'
import type { Clock } from '../ports/clock.js'
import { systemClock, systemRandom } from '../ports/defaults.js'
import type { OneTimeStore } from '../ports/one-time-store.js'
import type { Random } from '../ports/random.js'
import type { DpopProofVerifier } from './dpop.js'
import { DPOP_ALGORITHMS } from './dpop-algorithms.js'
import { createDpopNonces, type DpopNonces } from './dpop-nonces.js'
import { createDpopCheck, type DpopSettings } from './verify-dpop-proof.js'

/** What a resource server without an `AuthCore` accepts as proof. */
export interface DpopProofVerifierOptions {
  /** Where used proofs are remembered: the same for every process that accepts them. */
  readonly oneTime: OneTimeStore
  /** Default: every algorithm with a public key. */
  readonly algorithms?: readonly Algorithm[]
  /** How long ago a proof may have been made: 1 to 600, default 60. */
  readonly maxAgeSeconds?: number
  /** How far the clock of a client may run ahead: 0 to 60, default 5. */
  readonly clockToleranceSeconds?: number
  /**
   * Demands nonces (RFC 9449 section 9) and makes them with the first of these secrets; all are accepted. At least 32
   * bytes of entropy each, the same for every process.
   */
  readonly nonceSecrets?: readonly (string | Uint8Array | undefined)[]
  /** A nonce is handed out for so long, and accepted for as long again: 10 to 3600, default 300. */
  readonly nonceSeconds?: number
  readonly clock?: Clock
  readonly random?: Random
  readonly events?: AuthEventSink
}

/**
 * Creates a verifier of DPoP proofs for resource servers; an `AuthCore` has one as `auth.dpop`.
 *
 * @throws ConfigError `config_invalid` with every problem of the options by path
 * @see RFC 9449
 * @example
 * ```ts
 * import { createDpopProofVerifier } from '@authcore/core'
 * import { memoryStores } from '@authcore/core/memory'
 *
 * const dpop = createDpopProofVerifier({ oneTime: memoryStores().oneTime })
 * const verify = (proof: string, accessToken: string) =>
 *   dpop.verify(proof, { method: 'GET', url: 'https://api.example.com/reports', accessToken })
 * ```
 */
export function createDpopProofVerifier(givenOptions: DpopProofVerifierOptions): DpopProofVerifier {
  const options = ownMembers(Object(givenOptions)) as DpopProofVerifierOptions
  const problems = findProblems(options)
  if (problems.length > 0) throw new ConfigError('config_invalid', problems)
  const { algorithms = DPOP_ALGORITHMS, maxAgeSeconds = 60, clockToleranceSeconds = 5 } = options
  const { clock = systemClock, random = systemRandom } = options
  const emit = createEmitter(options.events, clock)
  return reportingVerifier(
    {
      algorithms,
      maxAgeSeconds,
      clockToleranceSeconds,
      nonces: findNonces(options, clock),
      oneTime: guardStore('oneTime', options.oneTime, emit, ['reserve']),
      backend: runtimeBackend,
      clock,
      random,
    },
    emit,
  )
}

/** Creates the verifier of a deployment: its settings, its root secrets, its stores. */
export function createDpop({ settings, backend, secrets, stores, emit }: Context): DpopProofVerifier {
  const { nonce, nonceSeconds, ...limits } = settings.dpop
  const { clock, random } = settings
  const nonces = nonce === 'off' ? undefined : createDpopNonces({ secrets, backend, clock, nonceSeconds })
  return reportingVerifier({ ...limits, nonces, oneTime: stores.oneTime, backend, clock, random }, emit)
}

function reportingVerifier(settings: DpopSettings, emit: EmitEvent): DpopProofVerifier {
  const check = createDpopCheck(settings)
  return Object.freeze({
    algorithms: Object.freeze([...settings.algorithms]),
    verify: (proof, request) => reportRefusal('dpop_proof', emit, () => check(proof, request)),
  } satisfies DpopProofVerifier)
}

function findNonces(
  { nonceSecrets, nonceSeconds = 300 }: DpopProofVerifierOptions,
  clock: Clock,
): DpopNonces | undefined {
  // the problems of the options include every secret that is not there
  const secrets = nonceSecrets?.filter(secret => secret !== undefined)
  if (secrets === undefined) return undefined
  const backend = runtimeBackend
  return createDpopNonces({ secrets: createRootSecrets(secrets, backend), backend, clock, nonceSeconds })
}

function findProblems(options: DpopProofVerifierOptions): readonly ConfigProblem[] {
  const { oneTime, algorithms, maxAgeSeconds, clockToleranceSeconds, nonceSecrets, nonceSeconds } = options
  const problems: ConfigProblem[] = []
  const demand = (isGood: boolean, path: string, message: string) => {
    if (!isGood) problems.push({ path, message })
  }
  const demandSeconds = (value: unknown, path: string, minimum: number, maximum: number) =>
    demand(isWithin(value, minimum, maximum), path, `must be a whole number from ${minimum} to ${maximum}`)

  demand(isFunction(Object(oneTime).reserve), 'oneTime', 'must be a store with the method reserve')
  demand(
    algorithms === undefined || isAlgorithms(algorithms),
    'algorithms',
    'must name at least one algorithm with a public key, and no others',
  )
  demandSeconds(maxAgeSeconds, 'maxAgeSeconds', 1, 600)
  demandSeconds(clockToleranceSeconds, 'clockToleranceSeconds', 0, 60)
  demandSeconds(nonceSeconds, 'nonceSeconds', 10, 3600)
  for (const name of ['clock', 'random', 'events'] as const) {
    demand(options[name] === undefined || isFunction(options[name]), name, 'must be a function')
  }
  return [...problems, ...findSecretProblems(nonceSecrets)]
}

function findSecretProblems(secrets: unknown): readonly ConfigProblem[] {
  if (secrets === undefined) return []
  if (!Array.isArray(secrets) || secrets.length === 0 || secrets.length > 16) {
    return [{ path: 'nonceSecrets', message: 'must be an array of 1 to 16 secrets' }]
  }
  return secrets.flatMap((secret: unknown, index) => {
    const message = secretProblem(secret)
    return message === undefined ? [] : [{ path: `nonceSecrets.${index}`, message }]
  })
}

function isAlgorithms(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(algorithm => isAlgorithm(algorithm) && DPOP_ALGORITHMS.includes(algorithm))
  )
}

function isWithin(value: unknown, minimum: number, maximum: number): boolean {
  if (value === undefined) return true
  return typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}
