import { ConfigError, type ConfigProblem } from '@authcore/core'
import type { PolicyMethod } from './credential-methods.js'
import type { CredentialVerifiers } from './credential-verifiers.js'
import {
  findMethodProblems,
  freezeRequirements,
  listMethods,
  type MethodRequirement,
} from './method-requirement.js'
import { ownMembers } from './own-members.js'
import {
  findRateLimitRuleProblems,
  type ParsedRateLimitRules,
  parseRateLimitRules,
  type RateLimitRules,
} from './rate-limits/rate-limit-rules.js'
import { isScopeToken } from './scope-text.js'
import { findUnknownMembers } from './unknown-members.js'

/** What a route demands. */
export interface AuthPolicy<Scope extends string = string, Role extends string = string> {
  /**
   * Alternatives in the order in which they count: a method, `{ anyOf: [...] }`, or `{ allOf: [...] }`, which needs a
   * credential of each. The first alternative whose credentials are all there says who is calling: the first of its
   * methods. Every credential that the policy names and the request carries must be good.
   */
  readonly methods: readonly MethodRequirement[]
  /** Lets requests pass in which no alternative is complete. Bad credentials fail all the same. */
  readonly optional?: boolean
  /** Every scope that is needed. */
  readonly scope?: readonly Scope[]
  /** Every role that is needed. API keys carry none. The demands are made of whoever is calling. */
  readonly roles?: readonly Role[]
  /** How long ago the person may have logged in, in whole seconds. API keys and certificates never satisfy this. */
  readonly maxAgeSeconds?: number
  /**
   * What is counted here instead of what `createHttpAuth` says: a stage that is absent stays as it is there, and `false`
   * counts neither. API keys that have a limit of their own are counted anyway.
   */
  readonly rateLimit?: RateLimitRules | false
}

/** A policy that was checked; frozen. */
export interface ParsedPolicy<Scope extends string = string, Role extends string = string>
  extends Omit<AuthPolicy<Scope, Role>, 'rateLimit'> {
  readonly rateLimit?: ParsedRateLimitRules
  /** Every method that is named somewhere, in the order of the policy. */
  readonly [NAMED]: readonly PolicyMethod[]
}

const NAMED: unique symbol = Symbol('methods that a parsed policy names')

const MEMBERS = ['methods', 'optional', 'scope', 'roles', 'maxAgeSeconds', 'rateLimit']

/**
 * Checks a policy once, while wiring. A checked one is returned as it is.
 * @param policy what the route demands
 * @param verifiers what this deployment can verify
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function parsePolicy<Scope extends string, Role extends string>(
  policy: AuthPolicy<NoInfer<Scope>, NoInfer<Role>>,
  verifiers: CredentialVerifiers<Scope, Role>,
): ParsedPolicy<Scope, Role> {
  if (isParsed(policy)) return policy
  const problems = findProblems(policy, verifiers)
  if (problems.length > 0) throw new ConfigError('config_invalid', problems)
  const { methods, scope, roles, rateLimit, ...rest } = ownMembers(policy)
  const requirements = freezeRequirements(methods)
  return Object.freeze(
    ownMembers({
      ...rest,
      [NAMED]: Object.freeze(listMethods(requirements)),
      methods: requirements,
      ...(scope !== undefined && { scope: Object.freeze([...scope]) }),
      ...(roles !== undefined && { roles: Object.freeze([...roles]) }),
      ...(rateLimit !== undefined && { rateLimit: parseRateLimitRules(rateLimit) }),
    }),
  )
}

/** Every method that a policy names, in its order. */
export function namedMethods(policy: ParsedPolicy): readonly PolicyMethod[] {
  return policy[NAMED]
}

/**
 * Checks the demands of a policy that stand beside its methods.
 * @param path where they stand in the configuration
 */
export function findDemandProblems(
  demands: Readonly<Record<string, unknown>>,
  path: string,
): readonly ConfigProblem[] {
  const { scope, roles, maxAgeSeconds } = demands
  const problems: ConfigProblem[] = []
  if (scope !== undefined && !isListOf(scope, isScopeToken)) {
    problems.push({
      path: `${path}.scope`,
      message: 'must be an array of scopes without spaces, quotes or backslashes',
    })
  }
  if (roles !== undefined && !isListOf(roles, isRole)) {
    problems.push({ path: `${path}.roles`, message: 'must be an array of non-empty strings' })
  }
  if (maxAgeSeconds !== undefined && !isWholeSeconds(maxAgeSeconds)) {
    problems.push({ path: `${path}.maxAgeSeconds`, message: 'must be a whole number of seconds, 0 or more' })
  }
  return problems
}

function findProblems(policy: unknown, verifiers: CredentialVerifiers): readonly ConfigProblem[] {
  if (typeof policy !== 'object' || policy === null) {
    return [{ path: 'policy', message: "must be an object such as { methods: ['access_token'] }" }]
  }
  const members: Readonly<Record<string, unknown>> = ownMembers({ ...policy })
  const { methods, optional } = members
  return [
    ...findUnknownMembers(policy, MEMBERS, 'policy'),
    ...findMethodProblems(methods, verifiers),
    ...(optional === undefined || typeof optional === 'boolean'
      ? []
      : [{ path: 'policy.optional', message: 'must be true or false' }]),
    ...findDemandProblems(members, 'policy'),
    ...findLimitProblems(members['rateLimit'], verifiers),
  ]
}

function findLimitProblems(rateLimit: unknown, verifiers: CredentialVerifiers): readonly ConfigProblem[] {
  const path = 'policy.rateLimit'
  const problems = findRateLimitRuleProblems(rateLimit, path)
  if (!rateLimit || verifiers.rateLimits !== undefined) return problems
  return [...problems, { path, message: 'needs `rateLimits`, which the first argument lacks' }]
}

function isParsed<Scope extends string, Role extends string>(
  policy: AuthPolicy<Scope, Role>,
): policy is ParsedPolicy<Scope, Role> {
  return typeof policy === 'object' && policy !== null && NAMED in policy
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem)
}

function isRole(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isWholeSeconds(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
