import type { Algorithm } from '@authcore/core/jwt'
import { findObstacle, isMeant, toOtherCase } from './applicability.js'
import type { AttackCase } from './attack-case.js'
import { ATTACK_CASES } from './attack-cases.js'
import type { AttackNotRun, AttackVerdict } from './attack-report.js'
import { createIssuer, createKeyIssuer, type Issuer } from './issuer.js'
import { makeToken, type TokenMaker } from './make-token.js'
import type { VerifierMaterial, VerifyToken } from './options.js'
import type { AttackSettings } from './settings.js'
import { showToken, type TokenOutcome } from './show-token.js'
import { createWeakIssuer } from './weak-keys.js'
import { generateTestKey } from './web-signing.js'

/** All cases against the verifier of one algorithm. */
export interface AttackRound {
  readonly algorithm: Algorithm
  readonly cases: readonly AttackCase[]
  /** What is meant for this verifier and cannot be run. */
  readonly notRun: readonly AttackNotRun[]
  run(attack: AttackCase): Promise<AttackVerdict | AttackNotRun>
}

/** Prepares a round; keys and verifier are made when the first case runs. */
export function createAttackRound(
  algorithm: Algorithm,
  settings: AttackSettings,
  attackerFor: AttackerFor,
): AttackRound {
  const meant = ATTACK_CASES.filter(attack => isMeant(attack, algorithm, settings.typ))
  const judged = meant.map(attack => ({ attack, obstacle: findObstacle(attack, algorithm, settings) }))
  const prepare = once(() => createIssuer(settings, algorithm))
  const prepareVerifier = once(async () => createVerify(await prepare(), settings))

  const run = async (attack: AttackCase): Promise<AttackVerdict | AttackNotRun> => {
    const { weakKey } = attack.recipe
    const issuer = await prepare()
    const used = weakKey === undefined ? issuer : await createWeakIssuer(weakKey, algorithm, issuer.kid)
    const token = await makeToken(attack.recipe, createTokenMaker(used, attackerFor, settings))
    if (token === undefined) return { id: attack.id, algorithm, reason: 'no such token can be made' }
    const outcome = await (weakKey === undefined
      ? showToken(await prepareVerifier(), token, settings)
      : showToWeakVerifier(used, token, settings))
    return toVerdict(attack, algorithm, outcome)
  }
  return {
    algorithm,
    cases: judged.flatMap(({ attack, obstacle }) => (obstacle === undefined ? [attack] : [])),
    notRun: judged.flatMap(({ attack: { id }, obstacle }) =>
      obstacle === undefined ? [] : [{ id, algorithm, reason: obstacle }],
    ),
    run,
  }
}

/** Refusing to be made with such a key is as good as refusing what it signed. */
function showToWeakVerifier(issuer: Issuer, token: string, settings: AttackSettings): Promise<TokenOutcome> {
  const verify: VerifyToken = async shown => {
    const made = await createVerify(issuer, settings).catch((error: unknown) => {
      throw error instanceof Error ? error : new Error(String(error))
    })
    return made(shown)
  }
  return showToken(verify, token, { ...settings, isRefusal: () => true })
}

async function createVerify(issuer: Issuer, settings: AttackSettings): Promise<VerifyToken> {
  const { createVerifier, verify } = settings.options
  if (createVerifier !== undefined) return createVerifier(toMaterial(issuer, settings))
  return verify
}

function toMaterial({ algorithm, publicKey, secret }: Issuer, settings: AttackSettings): VerifierMaterial {
  const { issuer, audience, typ, clock, clockToleranceSeconds } = settings
  return {
    algorithm,
    issuer,
    audience,
    typ,
    now: clock(),
    clock,
    clockToleranceSeconds,
    key: publicKey?.pem ?? secret ?? '',
    publicJwks: { keys: publicKey === undefined ? [] : [publicKey.jwk] },
    ...(publicKey !== undefined && { publicPem: publicKey.pem }),
    ...(secret !== undefined && { secret }),
  }
}

/** Gets the key of an attacker for an algorithm. */
export type AttackerFor = (algorithm: Algorithm) => Promise<Issuer>

/** Keys that no verifier knows, each made once, when it is first asked for. */
export function createAttackers(): AttackerFor {
  const attackers = new Map<Algorithm, Promise<Issuer>>()
  return algorithm => {
    const known = attackers.get(algorithm)
    if (known !== undefined) return known
    const made = generateTestKey(algorithm).then(key => createKeyIssuer(key, 'attacker'))
    attackers.set(algorithm, made)
    return made
  }
}

function createTokenMaker(
  issuer: Issuer,
  attackerFor: TokenMaker['attackerFor'],
  settings: AttackSettings,
): TokenMaker {
  const { algorithm, kid } = issuer
  const { clock, clockToleranceSeconds, typ, options } = settings
  const named = { issuer: settings.issuer, audience: settings.audience }
  const texts = {
    ...named,
    ISSUER: toOtherCase(named.issuer),
    AUDIENCE: toOtherCase(named.audience),
    kid,
    algorithm,
    typ,
  }
  return {
    issuer,
    attackerFor,
    header: { alg: algorithm, typ, ...(kid !== '' && { kid }) },
    createPayload: () => ({
      iss: named.issuer,
      sub: 'user-1',
      aud: named.audience,
      client_id: 'client-1',
      jti: crypto.randomUUID(),
      iat: { $past: 10 },
      exp: { $now: 900 },
      scope: 'read',
      ...options.claims,
    }),
    createFrame: attacker => ({
      texts,
      now: Math.floor(clock() / 1000),
      clockToleranceSeconds,
      jwks: { issuer: issuer.publicKey?.jwk, attacker: attacker?.publicKey?.jwk },
    }),
  }
}

function toVerdict(
  { id, title, level, reason }: AttackCase,
  algorithm: Algorithm,
  { outcome, detail }: TokenOutcome,
): AttackVerdict | AttackNotRun {
  if (outcome === 'not_run') return { id, algorithm, reason: detail ?? '' }
  const expected = level === 'valid' ? 'accepted' : 'refused'
  return {
    id,
    title,
    level,
    reason,
    algorithm,
    outcome,
    isFinding: outcome !== expected,
    ...(detail !== undefined && { detail }),
  }
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => {
    made ??= make()
    return made
  }
}
