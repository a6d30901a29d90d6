import { type AuthMethod, ConfigError, type ConfigProblem } from '@authcore/core'
import type { CredentialVerifiers } from './credential-verifiers.js'
import { isScopeToken } from './scope-text.js'
import { findUnknownMembers } from './unknown-members.js'

/** The methods that a policy can name in this version. */
export type PolicyMethod = Extract<AuthMethod, 'access_token' | 'api_key'>

/** What a route demands. */
export interface AuthPolicy<Scope extends string = string, Role extends string = string> {
  /** Tried in this order. The first kind of credentials that is found says who is calling; every one must be good. */
  readonly methods: readonly PolicyMethod[]
  /** Lets requests without credentials pass. Bad credentials fail all the same. */
  readonly optional?: boolean
  /** Every scope that is needed. */
  readonly scope?: readonly Scope[]
  /** Every role that is needed. API keys carry none. */
  readonly roles?: readonly Role[]
  /** How long ago the person may have logged in, in whole seconds. API keys never satisfy this. */
  readonly maxAgeSeconds?: number
}

/** A policy that was checked; frozen. */
export interface ParsedPolicy<Scope extends string = string, Role extends string = string>
  extends AuthPolicy<Scope, Role> {
  readonly [PARSED]: true
}

const PARSED: unique symbol = Symbol('parsed policy')

const VERIFIER_OF = { access_token: 'accessTokens', api_key: 'apiKeys' } as const

const MEMBERS = ['methods', 'optional', 'scope', 'roles', 'maxAgeSeconds']

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
  const { methods, scope, roles, ...rest } = ownMembers(policy)
  return Object.freeze(
    ownMembers({
      ...rest,
      [PARSED]: true as const,
      methods: Object.freeze([...methods]),
      ...(scope !== undefined && { scope: Object.freeze([...scope]) }),
      ...(roles !== undefined && { roles: Object.freeze([...roles]) }),
    }),
  )
}

/** What a policy leaves out must not come from a polluted Object.prototype: `optional` there would open every route. */
function ownMembers<Members extends object>(members: Members): Members {
  return Object.assign(Object.create(null), members)
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
  ]
}

function findMethodProblems(methods: unknown, verifiers: CredentialVerifiers): readonly ConfigProblem[] {
  if (!Array.isArray(methods) || methods.length === 0) {
    return [{ path: 'policy.methods', message: "must name at least one of 'access_token', 'api_key'" }]
  }
  const listed: readonly unknown[] = methods
  return listed.flatMap((method, index) => {
    const path = `policy.methods.${index}`
    if (!isPolicyMethod(method)) {
      return [{ path, message: "is not supported in this version; supported are 'access_token', 'api_key'" }]
    }
    if (verifiers[VERIFIER_OF[method]] === undefined) {
      return [{ path, message: `needs \`${VERIFIER_OF[method]}\`, which the first argument lacks` }]
    }
    return listed.indexOf(method) === index ? [] : [{ path, message: 'is listed twice' }]
  })
}

function isParsed<Scope extends string, Role extends string>(
  policy: AuthPolicy<Scope, Role>,
): policy is ParsedPolicy<Scope, Role> {
  return typeof policy === 'object' && policy !== null && PARSED in policy
}

function isPolicyMethod(value: unknown): value is PolicyMethod {
  return typeof value === 'string' && Object.hasOwn(VERIFIER_OF, value)
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
