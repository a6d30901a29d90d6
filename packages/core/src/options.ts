import * as z from 'zod/mini'
import { secretProblem } from './crypto/root-secrets.js'
import { DPOP_ALGORITHMS } from './dpop/dpop-algorithms.js'
import { ConfigError, type ConfigProblem } from './errors.js'
import type { AuthEventSink } from './events.js'
import type { JsonObject } from './json.js'
import { ALGORITHMS, type Algorithm } from './jws/algorithms.js'
import { ownMembers } from './own-members.js'
import type { ApiKeyStore } from './ports/api-key-store.js'
import type { Clock } from './ports/clock.js'
import { systemClock, systemRandom } from './ports/defaults.js'
import type { DocumentStore } from './ports/document-store.js'
import type { OneTimeStore } from './ports/one-time-store.js'
import type { Random } from './ports/random.js'
import type { RateLimitStore } from './ports/rate-limit-store.js'
import type { RevocationStore } from './ports/revocation-store.js'
import type { SessionStore } from './ports/session-store.js'
import type { SigningKeyStore } from './ports/signing-key-store.js'
import type { Stores } from './ports/stores.js'
import { isRole, isScopeToken } from './rights.js'
import type { StandardSchema } from './standard-schema.js'

/** How one deployment issues and accepts credentials. Durations are seconds. */
export interface AuthCoreOptions<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> {
  /** `iss` of every token: an https URL, or any string that resource servers know. */
  readonly issuer: string
  /** `aud` of every token, and what `verify` demands. */
  readonly audience: string | readonly string[]
  /**
   * Root secrets, at least 32 bytes of entropy each (`openssl rand -base64 32`). The first issues, all verify; every
   * purpose gets its own key derived from them. `undefined`, as from an unset environment variable, is refused.
   */
  readonly secrets: readonly (string | Uint8Array | undefined)[]
  readonly stores: Stores
  /** All scopes of the service; issuing any other is refused, and types narrow to these. */
  readonly scopes?: readonly Scope[]
  /** All roles of the service; issuing any other is refused, and types narrow to these. */
  readonly roles?: readonly Role[]
  readonly accessToken?: {
    /** For new keys; keys that exist keep theirs. Default `RS256`. */
    readonly algorithm?: Algorithm
    /** 1 second to 1 day, default 900. */
    readonly ttlSeconds?: number
    /** For clocks that differ between issuer and verifier: 0 to 300, default 0. */
    readonly clockToleranceSeconds?: number
    /** Any Standard Schema (zod, valibot, arktype): checks private claims and types `principal.claims`. */
    readonly claims?: StandardSchema<Claims>
    /** Longest access token that is looked at, in characters. Default 16384. */
    readonly maxLength?: number
    /** How many verified signatures are remembered; 0 switches that off. Default 1000. */
    readonly cacheSize?: number
  }
  readonly session?: {
    /** A session ends when it is not refreshed for so long. Default 14 days. */
    readonly idleSeconds?: number
    /** A session ends after so long in any case. Default 90 days. */
    readonly absoluteSeconds?: number
    /** For so long after its first use a replaced refresh token gets the same successor again. Default 10. */
    readonly reuseGraceSeconds?: number
    /**
     * The idle expiry of a session by cookie slides at most once in so long: verifying writes only then. Default 60,
     * or half of `idleSeconds` where that is less, which is also the most.
     */
    readonly touchIntervalSeconds?: number
  }
  readonly apiKey?: {
    /** First part of every key: lower-case letters and digits. Default `sk`. */
    readonly prefix?: string
    /** Second part of every key; the first is the default. Default `['live', 'test']`. */
    readonly environments?: readonly string[]
    /** Last-used instants are gathered for so long before they are written. Default 60. */
    readonly lastUsedIntervalSeconds?: number
  }
  readonly signingKey?: {
    /** How long the published key set may be cached; a new key is announced for at least as long. Default 300. */
    readonly jwksMaxAgeSeconds?: number
    /** A key signs for so long before the next one takes over. Default 90 days. */
    readonly rotationSeconds?: number
    /** How often every process looks for changes of the ring. Default 60. */
    readonly refreshSeconds?: number
  }
  readonly revocation?: {
    /** 0 asks the store on every verification; more allows answers of that age. Default 0. */
    readonly maxStalenessSeconds?: number
    /** `accept` lets tokens pass, with an event, while the store cannot be asked. Default `refuse`. */
    readonly whenUnavailable?: 'refuse' | 'accept'
  }
  /** What `auth.dpop` accepts as proof of a key (RFC 9449). */
  readonly dpop?: {
    /** Default: every algorithm with a public key. */
    readonly algorithms?: readonly Algorithm[]
    /** How long ago a proof may have been made: 1 to 600, default 60. */
    readonly maxAgeSeconds?: number
    /** How far the clock of a client may run ahead: 0 to 60, default 5. */
    readonly clockToleranceSeconds?: number
    /** `required` demands that proofs carry a nonce of this deployment (section 8). Default `off`. */
    readonly nonce?: 'off' | 'required'
    /** A nonce is handed out for so long, and accepted for as long again: 10 to 3600, default 300. */
    readonly nonceSeconds?: number
  }
  readonly clock?: Clock
  readonly random?: Random
  readonly events?: AuthEventSink
}

/** The options, parsed and with every default filled in. */
export interface Settings {
  readonly issuer: string
  readonly audience: readonly string[]
  readonly secrets: readonly (string | Uint8Array)[]
  readonly stores: Stores
  readonly scopes?: ReadonlySet<string>
  readonly roles?: ReadonlySet<string>
  readonly accessToken: {
    readonly algorithm: Algorithm
    readonly ttlSeconds: number
    readonly clockToleranceSeconds: number
    readonly claims?: StandardSchema | undefined
    readonly maxLength: number
    readonly cacheSize: number
  }
  readonly session: {
    readonly idleSeconds: number
    readonly absoluteSeconds: number
    readonly reuseGraceSeconds: number
    readonly touchIntervalSeconds: number
  }
  readonly apiKey: {
    readonly prefix: string
    readonly environments: readonly string[]
    readonly lastUsedIntervalSeconds: number
  }
  readonly signingKey: {
    readonly jwksMaxAgeSeconds: number
    readonly rotationSeconds: number
    readonly refreshSeconds: number
  }
  readonly revocation: {
    readonly maxStalenessSeconds: number
    readonly whenUnavailable: 'refuse' | 'accept'
  }
  readonly dpop: {
    readonly algorithms: readonly Algorithm[]
    readonly maxAgeSeconds: number
    readonly clockToleranceSeconds: number
    readonly nonce: 'off' | 'required'
    readonly nonceSeconds: number
  }
  readonly clock: Clock
  readonly random: Random
  readonly events?: AuthEventSink
}

const DAY = 86_400

/**
 * Checks all options at once and fills in the defaults.
 * @throws ConfigError `config_invalid` with every problem by path; never quotes a secret
 */
export function parseOptions(options: unknown): Settings {
  const result = settingsSchema.safeParse(toOwnOptions(options), { error: describeIssue })
  if (!result.success) throw new ConfigError('config_invalid', result.error.issues.map(toProblem))
  const { audience, scopes, roles, events, accessToken, session, stores, ...rest } = ownMembers(result.data)
  const { documents, ...requiredStores } = ownMembers(stores)
  return Object.freeze(
    ownMembers({
      ...rest,
      accessToken: ownMembers(accessToken),
      session: ownMembers({
        ...session,
        touchIntervalSeconds:
          session.touchIntervalSeconds ?? Math.min(60, Math.floor(session.idleSeconds / 2)),
      }),
      stores: ownMembers({ ...requiredStores, ...(documents !== undefined && { documents }) }),
      audience: typeof audience === 'string' ? [audience] : audience,
      ...(scopes !== undefined && { scopes: new Set(scopes) }),
      ...(roles !== undefined && { roles: new Set(roles) }),
      ...(events !== undefined && { events }),
    }),
  )
}

const GROUPS = ['accessToken', 'session', 'apiKey', 'signingKey', 'revocation', 'dpop'] as const

/** Options that are left out must get their default, not what stands in a polluted Object.prototype. */
function toOwnOptions(options: unknown): unknown {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return options
  const own: Record<string, unknown> = ownMembers({ ...options })
  for (const name of GROUPS) own[name] = toOwnGroup(own[name] === undefined ? {} : own[name])
  own['stores'] = toOwnGroup(own['stores'])
  return own
}

/** Plain objects only: stores may be an instance of a class, whose prototype belongs to it. */
function toOwnGroup(group: unknown): unknown {
  const isPlain =
    typeof group === 'object' && group !== null && Object.getPrototypeOf(group) === Object.prototype
  return isPlain ? ownMembers(group) : group
}

const text = (maximum: number) => z.string().check(z.minLength(1), z.maxLength(maximum))
const seconds = (minimum: number, maximum: number, fallback: number) =>
  z._default(z.int().check(z.gte(minimum), z.lte(maximum)), fallback)
const unique = z.refine<readonly string[]>(values => new Set(values).size === values.length, {
  error: 'holds a name twice',
})
const fn = <Fn>(shape: string) =>
  z.custom<Fn>(value => typeof value === 'function', { error: `expected a function ${shape}` })
const tag = z.string().check(
  z.regex(/^[a-z][a-z0-9]{0,15}$/, {
    error: 'expected 1 to 16 lower-case letters and digits, a letter first',
  }),
)

const names = (isName: (name: string) => boolean, error: string) =>
  z.optional(
    z.array(z.string().check(z.refine(isName, { error }))).check(z.minLength(1), z.maxLength(1000), unique),
  )

const store = <Store>(...methods: readonly (keyof Store & string)[]) =>
  z.custom<Store>(
    value => methods.every(method => typeof Reflect.get(Object(value), method) === 'function'),
    { error: `expected a store with the methods ${methods.join(', ')}` },
  )

const secret = z.custom<string | Uint8Array>().check(context => {
  const message = secretProblem(context.value)
  // `input` stays out of the issue: a problem must never carry the secret
  if (message !== undefined) context.issues.push({ code: 'custom', input: undefined, message })
})

const claimsSchema = z.custom<StandardSchema>(
  value => typeof Object(Object(value)['~standard']).validate === 'function',
  { error: 'expected a Standard Schema, such as z.object({ ... }) of zod' },
)

const settingsSchema = z.strictObject({
  issuer: text(2048),
  audience: z.union([text(2048), z.array(text(2048)).check(z.minLength(1), z.maxLength(64))]),
  secrets: z.array(secret).check(z.minLength(1), z.maxLength(16)),
  stores: z.strictObject({
    sessions: store<SessionStore>('insert', 'find', 'rotate', 'revoke', 'revokeAll', 'list', 'sweep'),
    apiKeys: store<ApiKeyStore>(
      'insert',
      'find',
      'consumeUse',
      'rotate',
      'revoke',
      'update',
      'list',
      'touch',
      'sweep',
    ),
    signingKeys: store<SigningKeyStore>('read', 'replace'),
    revocations: store<RevocationStore>('revoke', 'find', 'sweep'),
    oneTime: store<OneTimeStore>('reserve', 'put', 'take', 'sweep'),
    rateLimits: store<RateLimitStore>('take', 'reset', 'sweep'),
    documents: z.optional(store<DocumentStore>('put', 'find', 'list', 'remove', 'removeAll', 'sweep')),
  }),
  scopes: names(
    isScopeToken,
    'a scope is 1 to 128 printable ASCII characters without space, " and \\ (RFC 6749 section 3.3)',
  ),
  roles: names(isRole, 'a role is 1 to 128 characters'),
  accessToken: z.prefault(
    z.strictObject({
      algorithm: z._default(z.enum(ALGORITHMS), 'RS256'),
      ttlSeconds: seconds(1, DAY, 900),
      clockToleranceSeconds: seconds(0, 300, 0),
      claims: z.optional(claimsSchema),
      maxLength: z._default(z.int().check(z.gte(256), z.lte(1_048_576)), 16_384),
      cacheSize: z._default(z.int().check(z.gte(0), z.lte(1_000_000)), 1000),
    }),
    {},
  ),
  session: z.prefault(
    z
      .strictObject({
        idleSeconds: seconds(1, 3650 * DAY, 14 * DAY),
        absoluteSeconds: seconds(1, 3650 * DAY, 90 * DAY),
        reuseGraceSeconds: seconds(0, 300, 10),
        touchIntervalSeconds: z.optional(z.int().check(z.gte(1), z.lte(DAY))),
      })
      .check(
        z.refine(({ idleSeconds, absoluteSeconds }) => idleSeconds <= absoluteSeconds, {
          path: ['idleSeconds'],
          error: 'is longer than session.absoluteSeconds',
        }),
        // a session that is used all the time would idle out between two writes
        z.refine(({ touchIntervalSeconds = 0, idleSeconds }) => touchIntervalSeconds * 2 <= idleSeconds, {
          path: ['touchIntervalSeconds'],
          error: 'is longer than half of session.idleSeconds',
        }),
      ),
    {},
  ),
  apiKey: z.prefault(
    z.strictObject({
      prefix: z._default(tag, 'sk'),
      environments: z._default(z.array(tag).check(z.minLength(1), z.maxLength(16), unique), ['live', 'test']),
      lastUsedIntervalSeconds: seconds(1, DAY, 60),
    }),
    {},
  ),
  signingKey: z.prefault(
    z
      .strictObject({
        jwksMaxAgeSeconds: seconds(10, DAY, 300),
        rotationSeconds: seconds(3600, 3650 * DAY, 90 * DAY),
        refreshSeconds: seconds(1, 3600, 60),
      })
      .check(
        z.refine(({ refreshSeconds, jwksMaxAgeSeconds }) => refreshSeconds <= jwksMaxAgeSeconds, {
          path: ['refreshSeconds'],
          error:
            'is longer than signingKey.jwksMaxAgeSeconds: a process would miss a new key before it signs',
        }),
        z.refine(({ rotationSeconds, jwksMaxAgeSeconds }) => rotationSeconds > 2 * jwksMaxAgeSeconds, {
          path: ['rotationSeconds'],
          error: 'must be more than twice signingKey.jwksMaxAgeSeconds',
        }),
      ),
    {},
  ),
  revocation: z.prefault(
    z.strictObject({
      maxStalenessSeconds: seconds(0, DAY, 0),
      whenUnavailable: z._default(z.enum(['refuse', 'accept']), 'refuse'),
    }),
    {},
  ),
  dpop: z.prefault(
    z.strictObject({
      algorithms: z._default(z.array(z.enum(DPOP_ALGORITHMS)).check(z.minLength(1), unique), () => [
        ...DPOP_ALGORITHMS,
      ]),
      maxAgeSeconds: seconds(1, 600, 60),
      clockToleranceSeconds: seconds(0, 60, 5),
      nonce: z._default(z.enum(['off', 'required']), 'off'),
      nonceSeconds: seconds(10, 3600, 300),
    }),
    {},
  ),
  clock: z._default(fn<Clock>('() => epoch milliseconds'), () => systemClock),
  random: z._default(fn<Random>('(length) => Uint8Array'), () => systemRandom),
  events: z.optional(fn<AuthEventSink>('(event) => void')),
})

function toProblem(issue: z.core.$ZodIssue): ConfigProblem {
  return { path: issue.path.map(String).join('.'), message: issue.message }
}

/** Says what is wrong without quoting the value, which may be a secret. */
function describeIssue(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? `is required (${issue.expected})` : `expected ${issue.expected}`
    case 'too_small':
      return `must be at least ${issue.minimum}${unitOf(issue.origin)}`
    case 'too_big':
      return `must be at most ${issue.maximum}${unitOf(issue.origin)}`
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}`
    case 'unrecognized_keys':
      return `does not know the option ${issue.keys.map(key => JSON.stringify(key)).join(', ')}`
    default:
      return 'has an invalid value'
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters long'
  return origin === 'array' ? ' entries long' : ''
}
