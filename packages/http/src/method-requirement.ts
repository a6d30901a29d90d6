import type { ConfigProblem } from '@authcore/core'
import { CREDENTIAL_METHODS, isPolicyMethod, type PolicyMethod } from './credential-methods.js'
import type { CredentialVerifiers } from './credential-verifiers.js'
import { ownMembers } from './own-members.js'

/** One alternative of a policy: a method, one of several, or several together. */
export type MethodRequirement =
  | PolicyMethod
  | { readonly anyOf: readonly MethodRequirement[] }
  | { readonly allOf: readonly MethodRequirement[] }

type Combination = 'anyOf' | 'allOf'

const MAX_DEPTH = 4
const MAX_ENTRIES = 32

const SUPPORTED = Object.keys(CREDENTIAL_METHODS)
  .map(name => `'${name}'`)
  .join(', ')

/**
 * The methods that together satisfy the first alternative whose credentials are all there.
 * @param requirements alternatives, in the order of the policy
 * @param isFound whether a request carries a credential of a method
 * @returns in the order of the policy, each method once; `undefined` when no alternative is complete
 */
export function findAlternative(
  requirements: readonly MethodRequirement[],
  isFound: (method: PolicyMethod) => boolean,
): readonly PolicyMethod[] | undefined {
  for (const requirement of requirements) {
    const methods = satisfy(requirement, isFound)
    if (methods !== undefined) return [...new Set(methods)]
  }
  return undefined
}

/** Every method that the requirements name, in their order, each once. */
export function listMethods(requirements: readonly MethodRequirement[]): readonly PolicyMethod[] {
  const methods = requirements.flatMap(requirement =>
    typeof requirement === 'string' ? [requirement] : listMethods(membersOf(requirement)),
  )
  return [...new Set(methods)]
}

/** Copies and freezes requirements that were checked; the copies inherit nothing. */
export function freezeRequirements(requirements: readonly MethodRequirement[]): readonly MethodRequirement[] {
  return Object.freeze(requirements.map(freezeRequirement))
}

/**
 * Checks the methods of a policy.
 * @param verifiers what this deployment can verify
 */
export function findMethodProblems(
  methods: unknown,
  verifiers: CredentialVerifiers,
): readonly ConfigProblem[] {
  if (countEntries(methods, 1) > MAX_ENTRIES) {
    return [{ path: 'policy.methods', message: `must not hold more than ${MAX_ENTRIES} entries in all` }]
  }
  return findListProblems(methods, { path: 'policy.methods', depth: 1, verifiers })
}

interface Place {
  readonly path: string
  readonly depth: number
  readonly verifiers: CredentialVerifiers
}

function findListProblems(value: unknown, place: Place): readonly ConfigProblem[] {
  const { path } = place
  if (!Array.isArray(value) || value.length === 0) {
    return [{ path, message: `must be an array that names at least one of ${SUPPORTED}` }]
  }
  const entries: readonly unknown[] = value
  // Array.from: a hole is an entry that is missing
  return Array.from(entries).flatMap((entry, index) => {
    const at = { ...place, path: `${path}.${index}` }
    const problems = findEntryProblems(entry, at)
    if (problems.length > 0 || entries.indexOf(entry) === index) return problems
    return [{ path: at.path, message: 'is listed twice' }]
  })
}

function findEntryProblems(entry: unknown, { path, depth, verifiers }: Place): readonly ConfigProblem[] {
  if (isPolicyMethod(entry)) return findVerifierProblems(entry, path, verifiers)
  const combination = findCombination(entry)
  if (combination === undefined) {
    const message = `must be one of ${SUPPORTED}, or { anyOf: [...] }, or { allOf: [...] }`
    return [{ path, message }]
  }
  if (depth >= MAX_DEPTH) return [{ path, message: `must not stand deeper than ${MAX_DEPTH} lists` }]
  const [name, members] = combination
  return findListProblems(members, { path: `${path}.${name}`, depth: depth + 1, verifiers })
}

function findVerifierProblems(
  method: PolicyMethod,
  path: string,
  verifiers: CredentialVerifiers,
): readonly ConfigProblem[] {
  const { verifier, findMissing } = CREDENTIAL_METHODS[method]
  if (verifiers[verifier] === undefined) {
    return [{ path, message: `needs \`${verifier}\`, which the first argument lacks` }]
  }
  const missing = findMissing?.(verifiers)
  return missing === undefined ? [] : [{ path, message: `needs ${missing}` }]
}

/** Exactly one own member: what an object lacks must not come from a polluted Object.prototype. */
function findCombination(entry: unknown): readonly [Combination, unknown] | undefined {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return undefined
  const [member, ...others] = Object.entries(entry)
  if (member === undefined || others.length > 0) return undefined
  const [name, value] = member
  return name === 'anyOf' || name === 'allOf' ? [name, value] : undefined
}

function countEntries(value: unknown, depth: number): number {
  if (!Array.isArray(value) || depth > MAX_DEPTH) return 0
  if (value.length > MAX_ENTRIES) return value.length
  const entries: readonly unknown[] = value
  return entries.reduce<number>(
    (sum, entry) => sum + 1 + countEntries(findCombination(entry)?.[1], depth + 1),
    0,
  )
}

function freezeRequirement(requirement: MethodRequirement): MethodRequirement {
  if (typeof requirement === 'string') return requirement
  const own = ownMembers(requirement)
  return Object.freeze(
    'anyOf' in own
      ? ownMembers({ anyOf: freezeRequirements(own.anyOf) })
      : ownMembers({ allOf: freezeRequirements(own.allOf) }),
  )
}

function satisfy(
  requirement: MethodRequirement,
  isFound: (method: PolicyMethod) => boolean,
): readonly PolicyMethod[] | undefined {
  if (typeof requirement === 'string') return isFound(requirement) ? [requirement] : undefined
  if ('anyOf' in requirement) return findAlternative(requirement.anyOf, isFound)
  const members = requirement.allOf.map(member => satisfy(member, isFound))
  const found = members.filter(member => member !== undefined)
  return found.length === members.length ? found.flat() : undefined
}

function membersOf(requirement: Exclude<MethodRequirement, string>): readonly MethodRequirement[] {
  return 'anyOf' in requirement ? requirement.anyOf : requirement.allOf
}
