import { backend as runtimeBackend } from '#crypto'
import type { AccessTokens } from './access-token/access-tokens.js'
import { createAccessTokens } from './access-token/create-access-tokens.js'
import type { ApiKeys } from './api-key/api-keys.js'
import { createApiKeys } from './api-key/create-api-keys.js'
import type { Context } from './context.js'
import type { CryptoBackend } from './crypto/backend.js'
import { createRootSecrets } from './crypto/root-secrets.js'
import { createDpop } from './dpop/create-dpop-proof-verifier.js'
import type { DpopProofVerifier } from './dpop/dpop.js'
import { createEmitter, type EmitEvent } from './events.js'
import { createGrants } from './grant/create-grants.js'
import type { Grants } from './grant/grants.js'
import { guardStores } from './guarded-stores.js'
import { createInternalTokens } from './internal-token/create-internal-tokens.js'
import type { InternalTokens } from './internal-token/internal-tokens.js'
import type { JsonObject } from './json.js'
import { type AuthCoreOptions, parseOptions } from './options.js'
import type { Clock } from './ports/clock.js'
import type { Random } from './ports/random.js'
import type { Stores } from './ports/stores.js'
import { wireRateLimiter } from './rate-limit/create-rate-limiter.js'
import type { RateLimiter } from './rate-limit/rate-limiter.js'
import { createRevocation } from './revocation/create-revocation.js'
import { createInstants } from './revocation/instants.js'
import type { Revocation } from './revocation/revocation.js'
import { createRevocationCheck } from './revocation/revocation-check.js'
import { createRevocationRecorder } from './revocation/revocation-recorder.js'
import { createSecretBox } from './secret-box/create-secret-box.js'
import type { SecretBox } from './secret-box/secret-box.js'
import { createSessions } from './session/create-sessions.js'
import type { Sessions } from './session/sessions.js'
import { createSigningKeys } from './signing-key/create-signing-keys.js'
import type { SigningKeys } from './signing-key/signing-keys.js'
import { type SweepOptions, type SweepResult, sweepStores } from './sweep.js'

/** The parts of one deployment, wired. */
export interface AuthCore<Scope extends string = string, Role extends string = string, Claims = JsonObject> {
  readonly issuer: string
  readonly accessTokens: AccessTokens<Scope, Role, Claims>
  readonly sessions: Sessions<Scope, Role, Claims>
  readonly apiKeys: ApiKeys<Scope>
  readonly signingKeys: SigningKeys
  /** Tells inner services who is calling. */
  readonly internalTokens: InternalTokens
  readonly revocation: Revocation
  /** The rules of access tokens, for those of another form, such as the opaque ones of `@authcore/oauth`. */
  readonly grants: Grants<Scope, Role, Claims>
  /** Counts attempts in the rate limit store of the options. */
  readonly rateLimits: RateLimiter
  /** Verifies DPoP proofs (RFC 9449): that a caller holds the key to which a token is, or is to be, bound. */
  readonly dpop: DpopProofVerifier
  /** The stores of the options; their failures arrive as `StoreError`. */
  readonly stores: Stores
  /** The clock of the options, epoch milliseconds: what builds on this deployment has the same time. */
  readonly clock: Clock
  /** The random source of the options. */
  readonly random: Random
  /** Emits an event of the catalogue to the sink of the options. Never throws. */
  readonly emit: EmitEvent
  /**
   * Keys of one purpose under the root secrets. Purposes are names such as `password.reset`; two of them share no
   * key, and none shares one with this package.
   * @param purpose 1 to 64 lower-case letters, digits, `_`, `.` and `-`, a letter first
   * @throws InvalidRequestError `argument_invalid`
   */
  secretBox(purpose: string): SecretBox
  /**
   * Deletes what has expired, in bounded batches; run it now and then where the database does not do so by itself.
   * @throws InvalidRequestError `argument_invalid`
   * @throws StoreError
   */
  sweep(options?: SweepOptions): Promise<SweepResult>
  /** Writes what is gathered in memory (last-used instants). Stores are closed by whoever opened them. */
  close(): Promise<void>
}

/**
 * Wires one deployment. Does no input or output: keys are made and stores asked when they are first needed.
 *
 * @throws ConfigError `config_invalid` with every problem of the options by path
 * @example
 * ```ts
 * import { createAuthCore } from '@authcore/core'
 * import { memoryStores } from '@authcore/core/memory'
 *
 * const auth = createAuthCore({
 *   issuer: 'https://api.example.com',
 *   audience: 'https://api.example.com',
 *   secrets: [process.env.AUTHCORE_SECRET],
 *   stores: memoryStores(),
 * })
 * const { accessToken } = await auth.sessions.start({ subject: 'user-1', scope: ['read'] })
 * const principal = await auth.accessTokens.verify(accessToken)
 * ```
 */
export function createAuthCore<
  const Scope extends string = string,
  const Role extends string = string,
  Claims = JsonObject,
>(options: AuthCoreOptions<Scope, Role, Claims>): AuthCore<Scope, Role, Claims> {
  // scopes, roles and claims are checked against the options at run time; the types say the same at compile time
  return wireAuthCore(options, runtimeBackend) as unknown as AuthCore<Scope, Role, Claims>
}

/** Wires one deployment on a given crypto backend; how tests run both. */
export function wireAuthCore(
  options: AuthCoreOptions<string, string, unknown>,
  backend: CryptoBackend,
): AuthCore {
  const settings = parseOptions(options)
  const emit = createEmitter(settings.events, settings.clock)
  const context: Context = Object.freeze({
    settings,
    backend,
    secrets: createRootSecrets(settings.secrets, backend),
    stores: guardStores(settings.stores, emit),
    instants: createInstants(settings.clock),
    emit,
  })
  const revocationCheck = createRevocationCheck({
    store: context.stores.revocations,
    clock: settings.clock,
    maxStalenessSeconds: settings.revocation.maxStalenessSeconds,
  })
  const revocations = createRevocationRecorder(context, revocationCheck)
  const signingKeys = createSigningKeys(context, kid =>
    revocations.record([{ kind: 'signing_key', id: kid }]),
  )
  const { accessTokens, checkAccessToken } = createAccessTokens(context, signingKeys, revocationCheck)
  const sessionContext = Object.freeze({ ...context, keyRing: signingKeys, revocations })
  const sessions = createSessions(sessionContext, revocationCheck)
  const apiKeys = createApiKeys(context)

  return Object.freeze({
    issuer: settings.issuer,
    accessTokens,
    sessions,
    apiKeys,
    signingKeys,
    internalTokens: createInternalTokens(context, signingKeys),
    revocation: createRevocation({ context: sessionContext, sessions, checkAccessToken }),
    grants: createGrants(context, revocationCheck),
    rateLimits: wireRateLimiter({
      store: context.stores.rateLimits,
      clock: settings.clock,
      emit,
      backend,
    }),
    dpop: createDpop(context),
    stores: context.stores,
    clock: settings.clock,
    random: settings.random,
    emit,
    secretBox: (purpose: string) => createSecretBox(purpose, context),
    sweep: (options?: SweepOptions) => sweepStores(context, options),
    close: () => apiKeys.flushLastUsed(),
  })
}
