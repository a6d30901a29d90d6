import type { Algorithm } from '@authcore/core/jwt'
import { ATTACK_CASES } from './attack-cases.js'
import type { AttackVerifierOptions } from './options.js'
import { isAlgorithm } from './web-signing.js'

/** The options after checking, with every default filled in. */
export interface AttackSettings {
  readonly options: AttackVerifierOptions
  readonly name: string
  readonly algorithms: readonly Algorithm[]
  readonly issuer: string
  readonly audience: string
  readonly typ: string
  readonly clock: () => number
  readonly clockToleranceSeconds: number
  readonly exclude: ReadonlyMap<string, string>
  readonly isRefusal: (error: unknown) => boolean
  readonly timeoutMs: number
  readonly startTimer: (milliseconds: number, onEnd: () => void) => () => void
}

/** @throws {TypeError} when an option makes no sense */
export function toAttackSettings(options: AttackVerifierOptions): AttackSettings {
  const { name, algorithms, issuer, audience, typ = 'at+jwt', exclude = {} } = options
  const { clockToleranceSeconds = 0, timeoutMs = 10_000 } = options
  for (const [option, value] of Object.entries({ name, issuer, audience, typ })) {
    assert(typeof value === 'string' && value !== '', `${option} must be a text.`)
  }
  assert(
    Array.isArray(algorithms) && algorithms.length > 0 && algorithms.every(isAlgorithm),
    'algorithms must name at least one signature algorithm, and no others.',
  )
  assert(
    timeoutMs > 0 && clockToleranceSeconds >= 0,
    'timeoutMs and clockToleranceSeconds must not be negative.',
  )
  assertVerifier(options)
  assertExclusions(exclude)
  return {
    options,
    name,
    algorithms,
    issuer,
    audience,
    typ,
    clock: options.clock ?? Date.now,
    clockToleranceSeconds,
    exclude: new Map(Object.entries(exclude)),
    isRefusal: options.isRefusal ?? (() => true),
    timeoutMs,
    startTimer: options.startTimer ?? startTimer,
  }
}

function assertVerifier({
  createVerifier,
  verify,
  keys,
  sampleToken,
  algorithms,
}: AttackVerifierOptions): void {
  const given: readonly unknown[] = [createVerifier, verify]
  assert(
    given.filter(value => typeof value === 'function').length === 1,
    'One of createVerifier and verify must say what is attacked.',
  )
  if (verify === undefined) return
  const sources: readonly unknown[] = [keys, sampleToken]
  // without a token that must be accepted, a verifier that refuses everything would pass
  assert(
    sources.filter(value => value !== undefined).length === 1,
    'With verify, one of keys and sampleToken must say where valid tokens come from.',
  )
  assert(sampleToken === undefined || algorithms.length === 1, 'With sampleToken there is one algorithm.')
}

function assertExclusions(exclude: Readonly<Record<string, string>>): void {
  for (const [id, reason] of Object.entries(exclude)) {
    assert(
      ATTACK_CASES.some(attack => attack.id === id),
      `exclude names a case that does not exist: ${id}.`,
    )
    assert(typeof reason === 'string' && reason.trim() !== '', `exclude must give a reason for ${id}.`)
  }
}

function assert(holds: boolean, problem: string): void {
  if (!holds) throw new TypeError(problem)
}

function startTimer(milliseconds: number, onEnd: () => void): () => void {
  const timer = setTimeout(onEnd, milliseconds)
  return () => clearTimeout(timer)
}
