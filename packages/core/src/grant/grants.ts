import type { IssueAccessTokenOptions, VerifyAccessTokenOptions } from '../access-token/access-tokens.js'
import type { Grant } from '../access-token/grant.js'
import type { JsonObject } from '../json.js'
import type { OpaqueTokenPrincipal } from '../principal.js'
import type { RevocableCredential } from '../revocation/revocation-marks.js'

/** Who gets what rights, as the issuer of a credential states it. */
export type ValidateGrantOptions<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> = Omit<IssueAccessTokenOptions<Scope, Role, Claims>, 'audience' | 'sessionId'>

/** What was found out about a caller; whom the token is for belongs to it. */
export type StoredPrincipal = OpaqueTokenPrincipal & { readonly audience: readonly string[] }

/** What a credential has to fulfil, as an access token has. */
export type GrantDemands<Scope extends string = string> = VerifyAccessTokenOptions<Scope>

/**
 * What access tokens of another form have in common with those of this package: the same rights may be granted, the
 * same revocations end them, and the same demands are made on them.
 */
export interface Grants<Scope extends string = string, Role extends string = string, Claims = JsonObject> {
  /** No such token may live longer: revocations are remembered for so long. */
  readonly maxLifetimeSeconds: number

  /**
   * Checks whom a token shall be for.
   * @returns the audience of the options unless told; frozen
   * @throws InvalidRequestError `argument_invalid`
   */
  validateAudience(audience: string | readonly string[] | undefined): readonly string[]

  /**
   * Checks what is to be granted, as `accessTokens.issue` does.
   * @returns frozen
   * @throws InvalidRequestError `argument_invalid`, `scope_unknown`, `role_unknown`, `claims_*`
   */
  validate(options: ValidateGrantOptions<Scope, Role, Claims>): Promise<Grant>

  /**
   * The instant of something that is being issued, epoch milliseconds: after every revocation of this process that
   * has returned. Read it before anything that a revocation could race with.
   */
  issuedAt(): number

  /**
   * Looks up every mark that could refuse a credential, in one round trip, as stale as
   * `revocation.stalenessBoundSeconds` says.
   * @throws StoreError `store_unavailable`, unless the deployment accepts what cannot be checked
   */
  isRevoked(credential: RevocableCredential): Promise<boolean>

  /**
   * Makes the demands of a route on what was found out about a caller: audience, keys, claims, age of the login, scope.
   * @param principal built from what is stored; its claims have not been through the schema
   * @returns frozen, with the claims as the schema returns them
   * @throws InvalidTokenError `token_audience_mismatch`, `token_binding_mismatch`, `token_claim_invalid`, `authentication_too_old`
   * @throws InsufficientScopeError `insufficient_scope`
   */
  accept(
    principal: StoredPrincipal,
    demands: GrantDemands<Scope>,
  ): Promise<OpaqueTokenPrincipal<Scope, Role, Claims>>

  /**
   * The same without any demand, for introspection: the key that the token is bound to is told, not demanded.
   * @throws InvalidTokenError `token_claim_invalid`
   */
  report(principal: StoredPrincipal): Promise<OpaqueTokenPrincipal<Scope, Role, Claims>>
}
