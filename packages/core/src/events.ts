import { AuthError, type AuthErrorCode } from './errors.js'
import type { RevocationKind } from './ports/revocation-store.js'
import type { SessionRevocationReason } from './ports/session-store.js'
import type { AuthMethod } from './principal.js'

/** What each event tells beside `type` and `at`. Ids only, never a credential. */
export interface AuthEventCatalogue {
  'access_token.issued': {
    readonly subject: string
    readonly tokenId: string
    readonly clientId: string
    readonly sessionId?: string
  }
  'credential.refused': {
    readonly method: AuthMethod | 'refresh_token' | 'dpop_proof'
    readonly code: AuthErrorCode
  }
  'session.started': { readonly subject: string; readonly sessionId: string; readonly clientId?: string }
  'session.refreshed': { readonly subject: string; readonly sessionId: string; readonly generation: number }
  /** The predecessor came again within the grace time and got the same successor. */
  'session.refresh_replayed': {
    readonly subject: string
    readonly sessionId: string
    readonly generation: number
  }
  /** A refresh token that had been replaced came again: theft, or a client that lost its state. */
  'session.refresh_token_reused': {
    readonly subject: string
    readonly sessionId: string
    readonly presentedGeneration: number
  }
  /** A session by cookie got a new id and a new token; the former one is dead. */
  'session.renewed': {
    readonly subject: string
    readonly sessionId: string
    readonly formerSessionId: string
  }
  'session.revoked': {
    readonly sessionId: string
    readonly subject?: string
    readonly reason: SessionRevocationReason
  }
  'api_key.issued': {
    readonly apiKeyId: string
    readonly ownerId: string
    readonly lineageId: string
  }
  'api_key.rotated': {
    readonly apiKeyId: string
    readonly successorId: string
    readonly ownerId: string
    readonly overlapExpiresAt: number
  }
  'api_key.updated': {
    readonly apiKeyId: string
    readonly ownerId: string
    readonly fields: readonly string[]
  }
  'api_key.revoked': { readonly apiKeyId: string }
  /** A password was right and a second factor is asked for. */
  'login.second_factor_required': { readonly subject: string }
  /** A login was refused. What was typed in is not told: people type passwords where their name belongs. */
  'login.refused': { readonly code: AuthErrorCode; readonly subject?: string; readonly ip?: string }
  /** The hash of a password was replaced: chosen by its owner, reset by e-mail, or set for a new account. */
  'password.changed': { readonly subject: string; readonly reason: 'changed' | 'reset' | 'set' }
  /** A hash was replaced by a stronger one of the same password. */
  'password.rehashed': { readonly subject: string }
  /** That could not be stored; the login went on and the next one tries again. */
  'password.rehash_failed': { readonly subject: string }
  /** A stored hash has a form or parameters that are refused: nobody can log in with it. */
  'password.hash_unusable': { readonly subject: string }
  /** The look-up for breached passwords failed, and the password was accepted without it or refused. */
  'password.breach_check_failed': { readonly accepted: boolean }
  'password.reset_requested': { readonly subject: string }
  /** A message with a token could not be handed over. */
  'password.delivery_failed': { readonly subject: string }
  'email.verified': { readonly subject: string }
  /** A second factor was added to an account. `method` is `totp`, `hotp`, `sms`, `email` or `passkey`. */
  'factor.enrolled': { readonly subject: string; readonly factorId: string; readonly method: string }
  'factor.removed': { readonly subject: string; readonly factorId: string; readonly method: string }
  /** A factor was proved. Recovery codes have no id; `remaining` says how many are left. */
  'factor.used': {
    readonly subject: string
    readonly method: string
    readonly factorId?: string
    readonly remaining?: number
  }
  /**
   * A proof was refused. `counter_rolled_back`: a passkey counted backwards, as a copy of it would;
   * `backup_eligibility_changed`: it says that it can be backed up, or no longer can, which never changes.
   */
  'factor.refused': {
    readonly subject?: string
    readonly method?: string
    readonly factorId?: string
    readonly reason: 'not_accepted' | 'throttled' | 'counter_rolled_back' | 'backup_eligibility_changed'
  }
  /** A one-time code was handed over for delivery, or could not be in time. Neither code nor address is told. */
  'factor.code_sent': { readonly subject: string; readonly factorId: string; readonly method: string }
  'factor.code_delivery_failed': {
    readonly subject: string
    readonly factorId: string
    readonly method: string
  }
  /** New recovery codes took the place of all before. */
  'factor.recovery_codes_generated': { readonly subject: string; readonly count: number }
  /** An access token of the other form was issued. */
  'opaque_token.issued': {
    readonly subject: string
    readonly tokenId: string
    readonly clientId: string
    readonly sessionId?: string
  }
  'opaque_token.revoked': { readonly tokenId: string }
  /** All opaque tokens of a subject, of a client or of a session. */
  'opaque_token.all_revoked': {
    readonly subject?: string
    readonly clientId?: string
    readonly sessionId?: string
    readonly count: number
  }
  'oauth_client.registered': { readonly clientId: string }
  'oauth_client.updated': { readonly clientId: string; readonly fields: readonly string[] }
  'oauth_client.secret_rotated': { readonly clientId: string; readonly overlapExpiresAt: number }
  'oauth_client.removed': { readonly clientId: string }
  /** Somebody did not prove to be the client. The reason is for operators; callers get one answer for all. */
  'oauth_client.refused': { readonly clientId?: string; readonly reason: string }
  /** A provider vouched for somebody whose account may be opened. The session that follows has its own event. */
  'sign_in.completed': { readonly subject: string; readonly provider: string; readonly isNewAccount: boolean }
  /** A sign-in ended without a session, or an identity was not linked. `reason` says more than the code does. */
  'sign_in.refused': {
    readonly provider: string
    readonly code: AuthErrorCode
    readonly reason: string
    readonly ip?: string
  }
  /** An identity opens an account from now on. */
  'identity.linked': {
    readonly subject: string
    readonly provider: string
    readonly identityId: string
    readonly by: 'sign_up' | 'email' | 'owner'
  }
  'identity.unlinked': { readonly subject: string; readonly provider: string; readonly identityId: string }
  /** Tokens of a provider were replaced. */
  'provider_tokens.refreshed': { readonly subject: string; readonly provider: string }
  /** The provider takes the refresh token no more. */
  'provider_tokens.ended': { readonly subject: string; readonly provider: string }
  /** Tokens were deleted here; whether the provider has revoked them too. */
  'provider_tokens.removed': {
    readonly subject: string
    readonly provider: string
    readonly isRevoked: boolean
  }
  'signing_key.announced': { readonly kid: string; readonly algorithm: string; readonly activatesAt: number }
  'signing_key.withdrawn': { readonly kid: string }
  'revocation.recorded': { readonly kind: RevocationKind; readonly id: string; readonly revokedAt: number }
  /** The store could not be asked and the deployment chose to accept (`revocation.whenUnavailable`). */
  'revocation.check_skipped': {
    readonly subject: string
    /** Of an access token. */
    readonly tokenId?: string
    /** Of a session by cookie. */
    readonly sessionId?: string
  }
  /** More was asked than the policy lets pass. */
  'rate_limit.refused': { readonly policy: string; readonly kind: string; readonly id: string }
  /** The store could not be asked and the attempt was let pass (`whenUnavailable`). */
  'rate_limit.check_skipped': { readonly policy: string }
  /** A store call failed; the credential in question was not accepted. */
  'store.failed': { readonly operation: string }
}

/** The names of all events. */
export type AuthEventType = keyof AuthEventCatalogue

/** One thing that happened: `type` tells which, `at` when (epoch milliseconds). */
export type AuthEvent = {
  [Type in AuthEventType]: { readonly type: Type; readonly at: number } & AuthEventCatalogue[Type]
}[AuthEventType]

/** Receives events. One that throws or hangs changes no verdict; its promise is not awaited. */
export type AuthEventSink = (event: AuthEvent) => unknown

/** Emits one event; the instant is filled in. */
export type EmitEvent = <Type extends AuthEventType>(type: Type, details: AuthEventCatalogue[Type]) => void

/**
 * Ties a sink to a clock so that callers can neither forget the instant nor be hurt by the sink.
 * @param sink receives frozen events; `undefined` drops them
 * @param clock epoch milliseconds
 */
export function createEmitter(sink: AuthEventSink | undefined, clock: () => number): EmitEvent {
  if (sink === undefined) return emitNothing
  return (type, details) => {
    try {
      // the catalogue ties `details` to `type`; TypeScript does not follow that through the generic
      const event = Object.freeze({ type, at: clock(), ...details }) as unknown as AuthEvent
      ignoreRejection(sink(event))
    } catch {
      // a sink is for watching; its failure must not turn into a refusal or an acceptance
    }
  }
}

const emitNothing: EmitEvent = () => {}

function ignoreRejection(result: unknown): void {
  if (result instanceof Promise) result.catch(() => {})
}

/**
 * Runs a verification and reports what it refuses.
 * @throws whatever `verify` throws, unchanged
 */
export function reportRefusal<Result>(
  method: AuthEventCatalogue['credential.refused']['method'],
  emit: EmitEvent,
  verify: () => Promise<Result>,
): Promise<Result> {
  // nobody listens: one promise less for every request
  if (emit === emitNothing) return verify()
  return verify().catch((error: unknown) => {
    if (error instanceof AuthError) emit('credential.refused', { method, code: error.code })
    throw error
  })
}
