import type { VerifiedProfile } from '../provider/verified-profile.js'

/**
 * Whose account an identity opens. `createIdentityDirectory` keeps that in the stores of the deployment; an application
 * that keeps it in its own tables implements this.
 */
export interface SignInAccounts {
  /**
   * Finds the account of an identity, or makes one. One atomic step: of many callers with the same issuer and subject
   * all get the same account.
   */
  findOrCreateUser(profile: VerifiedProfile): Promise<AccountOutcome>
  /** Adds an identity to an account whose owner has asked for it; without this, and `unlink`, nobody can. */
  link?(profile: VerifiedProfile, subject: string): Promise<LinkOutcome>
  /** The identities of an account. */
  list?(subject: string): Promise<readonly Identity[]>
  /** Takes an identity away from its account; one of another account counts as not found. */
  unlink?(subject: string, identityId: string): Promise<{ readonly found: boolean }>
}

/** Whose account it is; `refused` when there is none and none is made. */
export type AccountOutcome =
  | { readonly outcome: 'found' | 'created'; readonly subject: string }
  | { readonly outcome: 'refused' }

/** What linking came to. `taken`: it opens another account. `limit_reached`: the account has as many as it can have. */
export interface LinkOutcome {
  readonly outcome: 'linked' | 'taken' | 'limit_reached'
}

/** One way into an account. */
export interface Identity {
  readonly id: string
  readonly provider: string
  readonly issuer: string
  /** The address or name that the provider gave when it was linked. */
  readonly label?: string
  /** Epoch milliseconds. */
  readonly linkedAt: number
}
