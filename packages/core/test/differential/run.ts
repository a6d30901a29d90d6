import { deepStrictEqual } from 'node:assert/strict'
import { decodePortableBase64url } from '../../src/crypto/portable-base64url.js'
import type { Algorithm } from '../../src/jws/algorithms.js'
import { decodeBase64url } from '../../src/jws/base64url.js'
import { createDice, type Dice } from './dice.js'
import { STRICTER } from './disagreements.js'
import { type Defect, findDefects } from './judge.js'
import { createTestKeys, type TestKey } from './keys.js'
import { SIGNED_MUTATIONS } from './signed-mutations.js'
import { TEXT_MUTATIONS } from './text-mutations.js'
import { createValidToken, type Token } from './tokens.js'
import { createVerifiers, type PeerName, type Verdict, type Verifiers } from './verifiers.js'

/** One token and where it comes from. */
export interface Mutant {
  readonly seed: number
  readonly index: number
  readonly algorithm: Algorithm
  readonly mutation: string
  /** Whether it was signed with the key after the change. */
  readonly isSigned: boolean
  /** The valid token that was changed. */
  readonly original: string
  readonly token: Token
}

/** What all verifiers said about one mutant. */
export interface Row {
  readonly mutant: Mutant
  readonly accepted: boolean
  /** Of the peers that know the algorithm. */
  readonly peers: ReadonlyMap<PeerName, boolean>
  /** The reasons for each difference. */
  readonly classes: readonly string[]
  readonly problems: readonly string[]
}

export interface Laboratory {
  /** Makes the mutant of a seed and an index; the same pair makes the same change. */
  createMutant(seed: number, index: number): Mutant
  judge(mutant: Mutant): Promise<Row>
  readonly verifiers: ReadonlyMap<Algorithm, Verifiers>
  readonly keys: ReadonlyMap<Algorithm, TestKey>
}

/** How often an algorithm is taken: signatures that cost little more often than those that cost much. */
const ALGORITHM_WEIGHTS: readonly (readonly [Algorithm, number])[] = [
  ['HS256', 50],
  ['HS384', 6],
  ['HS512', 6],
  ['RS256', 12],
  ['RS384', 2],
  ['RS512', 2],
  ['PS256', 4],
  ['PS384', 2],
  ['PS512', 2],
  ['ES256', 8],
  ['ES384', 1],
  ['ES512', 1],
  ['EdDSA', 4],
  ['Ed25519', 2],
]
const SIGNED_ALGORITHM_WEIGHTS: readonly (readonly [Algorithm, number])[] = ALGORITHM_WEIGHTS.map(
  ([algorithm, weight]) => [algorithm, algorithm.startsWith('HS') ? weight * 6 : weight],
)
const POOL_SIZE = 24

/** One key for each algorithm, every verifier for it, and valid tokens to start from. */
export async function createLaboratory(): Promise<Laboratory> {
  const keys = createTestKeys()
  const entries = await Promise.all(
    [...keys].map(async ([algorithm, key]) => [algorithm, await createVerifiers(key)] as const),
  )
  const verifiers = new Map(entries)
  const dice = createDice(1)
  const pool = new Map(
    [...keys].map(([algorithm, key]) => [
      algorithm,
      Array.from({ length: POOL_SIZE }, () => createValidToken(key, dice)),
    ]),
  )

  return {
    keys,
    verifiers,
    createMutant(seed, index) {
      const dice = createDice(seed, index)
      const isSigned = dice.roll(2) === 0
      const algorithm = pickWeighted(isSigned ? SIGNED_ALGORITHM_WEIGHTS : ALGORITHM_WEIGHTS, dice)
      const key = get(keys, algorithm)
      const original = dice.pick(get(pool, algorithm))
      const named = { seed, index, algorithm, isSigned, original: original.text }
      if (isSigned) {
        const mutation = dice.pick(Object.keys(SIGNED_MUTATIONS))
        return { ...named, mutation, token: get(SIGNED_BY_NAME, mutation)(original, dice, key) }
      }
      const mutation = dice.pick(Object.keys(TEXT_MUTATIONS))
      const text = get(TEXT_BY_NAME, mutation)(original, dice, key)
      return { ...named, mutation, token: { ...original, text } }
    },
    judge: mutant => judge(mutant, get(verifiers, mutant.algorithm)),
  }
}

const SIGNED_BY_NAME = new Map(Object.entries(SIGNED_MUTATIONS))
const TEXT_BY_NAME = new Map(Object.entries(TEXT_MUTATIONS))

/** Asks everybody, and compares each answer with the truth and with ours. */
async function judge(mutant: Mutant, { fast, web, accessToken, peers }: Verifiers): Promise<Row> {
  const { text, genuine } = mutant.token
  const defects = findDefects(text, mutant.algorithm, genuine)
  const [ours, webVerdict, profile, again, ...theirs] = await Promise.all(
    [fast, web, accessToken, accessToken, ...peers.values()].map(verify => verify(text)),
  )
  if (ours === undefined || webVerdict === undefined || profile === undefined || again === undefined) {
    throw new Error('expected a verdict of each')
  }
  const peerVerdicts = new Map(
    [...peers.keys()].map((name, index) => [name, theirs[index]?.accepted === true]),
  )
  const problems = [
    ...compareOwn({ ours, webVerdict, profile, again }),
    ...compareWithTruth(mutant, ours, defects),
    ...compareDecoders(text),
  ]
  const classes: string[] = []
  for (const [name, isAccepted] of peerVerdicts) {
    if (isAccepted === ours.accepted) continue
    // ours accepts what a peer refuses: nothing explains that
    const reasons = isAccepted ? explainStricter(name, defects) : undefined
    if (reasons === undefined) {
      const known = [...defects].join(', ') || 'no defect'
      problems.push(`${name} ${isAccepted ? 'accepts' : 'refuses'}, ours does not: ${known}`)
    } else classes.push(...reasons)
  }
  return { mutant, accepted: ours.accepted, peers: peerVerdicts, classes, problems }
}

function compareOwn(
  own: Readonly<Record<'ours' | 'webVerdict' | 'profile' | 'again', Verdict>>,
): readonly string[] {
  const { ours, webVerdict, profile, again } = own
  const problems: string[] = []
  if (codeOf(ours) !== codeOf(webVerdict))
    problems.push(`node says ${codeOf(ours)}, web ${codeOf(webVerdict)}`)
  if (codeOf(profile) !== codeOf(again)) problems.push(`first ${codeOf(profile)}, then ${codeOf(again)}`)
  // the RFC 9068 profile allows the clock of an issuer to run ahead by a minute, verifyJwt allows what it is told
  if (profile.accepted && !ours.accepted && ours.code !== 'token_not_yet_valid') {
    problems.push(`the access token verifier accepts, verifyJwt says ${ours.code}`)
  }
  return problems
}

function compareWithTruth(mutant: Mutant, ours: Verdict, defects: ReadonlySet<Defect>): readonly string[] {
  const { text } = mutant.token
  const isGood = defects.size === 0
  if (ours.accepted !== isGood)
    return [`ours: ${codeOf(ours)}; the judge: ${[...defects].join(', ') || 'good'}`]
  if (!ours.accepted) return []
  // without the key nothing passes but the very text that was valid before
  if (!mutant.isSigned && text !== mutant.original) return ['a changed text was accepted without the key']
  // with the key only what every parser reads in the same way
  const read: unknown = JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString())
  try {
    deepStrictEqual(ours.payload, read)
    return []
  } catch {
    return ['the payload reads differently']
  }
}

/** The two backends differ in base64url too, which the web verifier alone does not show. */
function compareDecoders(text: string): readonly string[] {
  return text.split('.').flatMap(part => {
    const [left, right] = [decodeBase64url(part), decodePortableBase64url(part)]
    const isSame =
      left === undefined || right === undefined ? left === right : Buffer.from(left).equals(right)
    return isSame ? [] : [`the decoders differ about ${JSON.stringify(part)}`]
  })
}

function explainStricter(peer: PeerName, defects: ReadonlySet<Defect>): readonly string[] | undefined {
  const names = [...defects]
  if (names.length === 0 || !names.every(name => STRICTER[name]?.peers.includes(peer))) return undefined
  return names.map(name => `${peer} accepts: ${name}`)
}

/** The code of a refusal, or `accepted`. */
export function codeOf(verdict: Verdict): string {
  return verdict.accepted ? 'accepted' : verdict.code
}

/** All that is needed to look at a failure. */
export function describeRow({ mutant, problems }: Row, keys: Laboratory['keys']): string {
  const { seed, index, algorithm, mutation, token } = mutant
  return [
    `seed ${seed}, index ${index}, ${algorithm}, ${mutation}`,
    ...problems.map(problem => `  ${problem}`),
    `  ${JSON.stringify(token.text)}`,
    `  ${JSON.stringify(get(keys, algorithm).verificationJwk)}`,
  ].join('\n')
}

function pickWeighted<Value>(weights: readonly (readonly [Value, number])[], dice: Dice): Value {
  let left = dice.roll(weights.reduce((sum, [, weight]) => sum + weight, 0))
  for (const [value, weight] of weights) {
    left -= weight
    if (left < 0) return value
  }
  throw new RangeError('weights must be positive')
}

function get<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = map.get(key)
  if (value === undefined) throw new RangeError(`nothing under ${String(key)}`)
  return value
}
