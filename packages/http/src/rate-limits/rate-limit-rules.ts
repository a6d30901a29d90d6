import type { ConfigProblem, RateLimitPolicy } from '@authcore/core'
import { ownMembers } from '../own-members.js'
import { findUnknownMembers } from '../unknown-members.js'

/** A limit for each client address, counted before anything of a request is verified. */
export interface AddressRateLimit extends RateLimitPolicy {
  /**
   * Units that an attempt costs in addition when its credentials are refused, as long as so much is left; none unless
   * told.
   */
  readonly failureCost?: number
}

/** A limit for each caller, counted when the credentials of a request have been verified. */
export interface CallerRateLimit extends RateLimitPolicy {
  /**
   * Who counts as one caller. `caller` unless told: an API key with all that it was rotated into, else the subject.
   * A limit by `api_key` or `client` counts nothing for callers without one.
   */
  readonly by?: 'caller' | 'api_key' | 'subject' | 'client'
}

/** What is counted on a route. Limits of one name share their counter, whichever routes they stand on. */
export interface RateLimitRules {
  /** At most 4; an empty array for none. */
  readonly address?: AddressRateLimit | readonly AddressRateLimit[]
  /** At most 4; an empty array for none. */
  readonly caller?: CallerRateLimit | readonly CallerRateLimit[]
}

/** What is counted on every route that does not say otherwise. */
export interface RateLimitOptions extends RateLimitRules {
  /**
   * What happens when the rate limit store cannot be asked. `refuse` unless told: the request is answered 503.
   * `accept` lets it go on uncounted, with the event `rate_limit.check_skipped`.
   */
  readonly whenUnavailable?: 'refuse' | 'accept'
}

/** The rules, checked and complete. A stage that a route leaves to the deployment is absent. */
export interface ParsedRateLimitRules {
  readonly address?: readonly AddressRateLimit[]
  readonly caller?: readonly CallerRateLimit[]
}

/** The options, checked and complete. */
export interface RateLimitSettings extends Required<ParsedRateLimitRules> {
  readonly whenUnavailable: 'refuse' | 'accept'
}

const MAX_RULES = 4
const MAX_LIMIT = 1_000_000_000
const MAX_WINDOW_SECONDS = 366 * 86_400
const NAME = /^[a-z0-9][a-z0-9_.-]{0,63}$/
const BY: readonly unknown[] = ['caller', 'api_key', 'subject', 'client']
const POLICY_MEMBERS = ['name', 'limit', 'windowSeconds', 'cost']

/** Checks what a route counts. `false` counts nothing. */
export function findRateLimitRuleProblems(value: unknown, path: string): readonly ConfigProblem[] {
  return value === undefined || value === false ? [] : findProblems(value, path, ['address', 'caller'])
}

/** Checks what every route counts. */
export function findRateLimitProblems(value: unknown, path: string): readonly ConfigProblem[] {
  if (value === undefined) return []
  const problems = findProblems(value, path, ['address', 'caller', 'whenUnavailable'])
  const { whenUnavailable } = toMembers(value)
  if (whenUnavailable === undefined || whenUnavailable === 'refuse' || whenUnavailable === 'accept') {
    return problems
  }
  return [...problems, { path: `${path}.whenUnavailable`, message: "must be 'refuse' or 'accept'" }]
}

/** Freezes rules that were checked. `false` has empty stages. */
export function parseRateLimitRules(rules: RateLimitRules | false): ParsedRateLimitRules {
  if (rules === false) return Object.freeze(ownMembers({ address: NONE, caller: NONE }))
  const { address, caller } = ownMembers(rules)
  return Object.freeze(
    ownMembers({
      ...(address !== undefined && { address: freezeList<AddressRateLimit>(address) }),
      ...(caller !== undefined && { caller: freezeList<CallerRateLimit>(caller) }),
    }),
  )
}

/** Freezes options that were checked; without them nothing is counted but what API keys have of their own. */
export function parseRateLimits(options: RateLimitOptions = {}): RateLimitSettings {
  const { address = NONE, caller = NONE } = parseRateLimitRules(options)
  const { whenUnavailable = 'refuse' } = ownMembers(options)
  return Object.freeze({ address, caller, whenUnavailable })
}

const NONE: readonly never[] = Object.freeze([])

function freezeList<Rule extends RateLimitPolicy>(rules: Rule | readonly Rule[]): readonly Rule[] {
  const list: readonly Rule[] = isList(rules) ? rules : [rules]
  return Object.freeze(list.map(rule => Object.freeze(ownMembers(rule))))
}

function isList<Rule extends object>(rules: Rule | readonly Rule[]): rules is readonly Rule[] {
  return Array.isArray(rules)
}

function findProblems(value: unknown, path: string, members: readonly string[]): readonly ConfigProblem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ path, message: 'must be an object such as { address: { name, limit, windowSeconds } }' }]
  }
  const { address, caller } = toMembers(value)
  return [
    ...findUnknownMembers(value, members, path),
    ...findListProblems(address, `${path}.address`, 'failureCost'),
    ...findListProblems(caller, `${path}.caller`, 'by'),
  ]
}

function findListProblems(
  value: unknown,
  path: string,
  extra: 'failureCost' | 'by',
): readonly ConfigProblem[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) return findRuleProblems(value, path, extra)
  if (value.length > MAX_RULES) return [{ path, message: `must be at most ${MAX_RULES} limits` }]
  return value.flatMap((rule: unknown, index) => findRuleProblems(rule, `${path}.${index}`, extra))
}

function findRuleProblems(
  rule: unknown,
  path: string,
  extra: 'failureCost' | 'by',
): readonly ConfigProblem[] {
  if (typeof rule !== 'object' || rule === null) {
    return [{ path, message: 'must be a limit such as { name, limit: 100, windowSeconds: 60 }' }]
  }
  const { name, limit, windowSeconds, cost = 1, failureCost = 0, by = 'caller' } = toMembers(rule)
  const checks: readonly (readonly [boolean, string, string])[] = [
    [
      typeof name === 'string' && NAME.test(name),
      'name',
      'must be 1 to 64 lower-case letters, digits, "_", "." and "-", a letter or digit first',
    ],
    [isWhole(limit, 1, MAX_LIMIT), 'limit', `must be a whole number from 1 to ${MAX_LIMIT}`],
    [
      isWhole(windowSeconds, 1, MAX_WINDOW_SECONDS),
      'windowSeconds',
      `must be a whole number of seconds from 1 to ${MAX_WINDOW_SECONDS}`,
    ],
    [isWhole(cost, 1, Number(limit)), 'cost', 'must be a whole number from 1 to the limit'],
    [isWhole(failureCost, 0, Number(limit)), 'failureCost', 'must be a whole number from 0 to the limit'],
    [BY.includes(by), 'by', "must be 'caller', 'api_key', 'subject' or 'client'"],
  ]
  return [
    ...findUnknownMembers(rule, [...POLICY_MEMBERS, extra], path),
    ...checks.flatMap(([isGood, member, message]) =>
      isGood ? [] : [{ path: `${path}.${member}`, message }],
    ),
  ]
}

function isWhole(value: unknown, minimum: number, maximum: number): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= minimum && value <= maximum
}

function toMembers(value: object | unknown): Readonly<Record<string, unknown>> {
  return ownMembers({ ...Object(value) })
}
