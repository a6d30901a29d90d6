import { isDeepStrictEqual } from 'node:util'
import { type Answer, findMember } from './answer.js'

/** What an answer should be. */
export interface Expectation {
  readonly status: number
  /** Members of the body by name, dots between levels; a function is asked. */
  readonly body?: Readonly<Record<string, unknown>>
  /** What the challenge must hold; answers are not to carry one unless told. */
  readonly challenge?: string
  /** What the challenge must not hold. */
  readonly challengeWithout?: string
}

/**
 * Compares an answer with what it should be.
 * @returns what is wrong, in words; empty when nothing is
 */
export function findProblems(answer: Answer, expected: Expectation): readonly string[] {
  const { status, body = {}, challenge, challengeWithout } = expected
  return [
    ...(answer.status === status ? [] : [`status ${answer.status}, should be ${status}`]),
    ...(answer.status >= 400 && !isErrorMediaType(answer.mediaType)
      ? [`an error of type ${answer.mediaType || 'none'}, should be JSON`]
      : []),
    ...findChallengeProblems(answer.challenge, challenge, challengeWithout),
    ...Object.entries(body).flatMap(([path, value]) => findMemberProblems(answer.body, path, value)),
  ]
}

function findChallengeProblems(
  actual: string,
  expected: string | undefined,
  unexpected: string | undefined,
): readonly string[] {
  if (expected === undefined) return actual === '' ? [] : ['a challenge where none belongs']
  return [
    ...(actual.includes(expected) ? [] : [`the challenge lacks ${expected}`]),
    ...(unexpected !== undefined && actual.includes(unexpected) ? [`the challenge holds ${unexpected}`] : []),
  ]
}

function findMemberProblems(body: unknown, path: string, expected: unknown): readonly string[] {
  const actual = findMember(body, ...path.split('.'))
  if (typeof expected === 'function') return expected(actual) ? [] : [`${path} is not what it should be`]
  return isDeepStrictEqual(actual, expected) ? [] : [`${path} should be ${JSON.stringify(expected)}`]
}

/** RFC 9457 section 3, and RFC 6749 section 5.2 at token endpoints. */
function isErrorMediaType(mediaType: string): boolean {
  return /^application\/(?:problem\+)?json\b/.test(mediaType)
}
