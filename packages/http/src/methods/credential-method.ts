import { ConfigError, InvalidTokenError, type Principal } from '@authcore/core'
import type { AuthRequest } from '../auth-request.js'
import type { PresentedToken } from '../authorization-header.js'
import type { CredentialVerifiers } from '../credential-verifiers.js'
import type { ResponseHeaders } from '../response-headers.js'

/** What a credential must satisfy beside being good. */
export interface CredentialDemands<Scope extends string = string> {
  readonly scope?: readonly Scope[]
  /** How long ago the person may have logged in. */
  readonly maxAgeSeconds?: number
}

/** Verifies one credential that was found. */
export type VerifyCredential<Scope extends string, Role extends string, Claims> = (
  demands: CredentialDemands<Scope>,
) => Promise<Principal<Scope, Role, Claims>>

/** Where one method looks. Nothing in it has been verified. */
export interface CredentialSearch<Scope extends string, Role extends string, Claims> {
  readonly verifiers: CredentialVerifiers<Scope, Role, Claims>
  readonly request: AuthRequest
  /** The token of the `Authorization` header, where it is of the kind of this method. */
  readonly presented: PresentedToken | undefined
  /** Takes fields that belong on the answer to a request that passes. */
  readonly addHeaders: (headers: ResponseHeaders) => void
}

/** One way to prove who is calling: where its credentials stand in a request, and who verifies them. */
export interface CredentialMethod {
  /** The member of the verifiers that is needed. */
  readonly verifier: keyof CredentialVerifiers & string
  /** Whether its tokens can be bound to a key, and so come as `Authorization: DPoP`. */
  readonly acceptsDpop?: boolean
  /** Names what the verifiers lack beside that, if anything. */
  readonly findMissing?: (verifiers: CredentialVerifiers) => string | undefined
  /** Whether a bearer token looks like one of this method. What no method claims is an access token. */
  readonly isBearer?: (text: string, verifiers: CredentialVerifiers) => boolean
  /**
   * Finds the credential of a request, by its looks alone.
   * @returns `undefined` says "not mine"
   * @throws InvalidRequestError `credentials_malformed`, `credentials_repeated`
   */
  readonly find: <Scope extends string, Role extends string, Claims>(
    search: CredentialSearch<Scope, Role, Claims>,
  ) => VerifyCredential<Scope, Role, Claims> | undefined
}

/**
 * Nobody logs in to use such a credential, so no login can be recent enough.
 * @throws InvalidTokenError `authentication_too_old`
 */
export function refuseLoginAge({ maxAgeSeconds }: CredentialDemands): void {
  if (maxAgeSeconds !== undefined) throw new InvalidTokenError('authentication_too_old')
}

/** What a policy demands was checked while wiring; this is for verifiers that changed since. */
export function missingVerifier(path: string): ConfigError {
  return new ConfigError('config_invalid', [{ path, message: 'is needed by the policy' }])
}
