import type { JsonObject } from '@authcore/core'

/** An account, as far as logging in is concerned. */
export interface PasswordAccount<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> {
  readonly subject: string
  /** Absent for accounts that have no password. */
  readonly passwordHash?: string | null | undefined
  /** Nobody can log in; the answer is that of a wrong password. */
  readonly isDisabled?: boolean | undefined
  /** Where messages go; a token that was sent to another address before is void. */
  readonly email?: string | null | undefined
  /** What a new password must not be made of, beside the name that was typed in and the address. */
  readonly contextWords?: readonly string[] | undefined
  /** Rights of the session; see `auth.sessions.start`. */
  readonly scope?: readonly Scope[] | undefined
  readonly roles?: readonly Role[] | undefined
  readonly claims?: Claims | undefined
}

/** The accounts of the application. What they throw reaches nobody: the answer is that the store is unavailable. */
export interface PasswordAccounts<
  Scope extends string = string,
  Role extends string = string,
  Claims = JsonObject,
> {
  /** @param identifier 1 to 320 characters in NFKC without surrounding white space; case is up to the application */
  find(identifier: string): Promise<PasswordAccount<Scope, Role, Claims> | undefined>
  findBySubject(subject: string): Promise<PasswordAccount<Scope, Role, Claims> | undefined>
  /**
   * Replaces the hash if it still is `replaces` (`undefined`: the account has none), in one conditional statement: a
   * login that strengthens the hash of an old password must not undo a change that happens meanwhile.
   * @returns `saved`: false when the hash was another, or the account is gone
   */
  savePasswordHash(command: SavePasswordHashCommand): Promise<{ readonly saved: boolean }>
  /**
   * Creates an account; needed for `register` only.
   * @returns `undefined` when the name is taken
   */
  insert?(command: InsertAccountCommand): Promise<{ readonly subject: string } | undefined>
}

/** `UPDATE ... SET password_hash = :passwordHash WHERE id = :subject AND password_hash IS NOT DISTINCT FROM :replaces`. */
export interface SavePasswordHashCommand {
  readonly subject: string
  readonly passwordHash: string
  readonly replaces: string | undefined
}

/** A new account. */
export interface InsertAccountCommand {
  readonly identifier: string
  readonly passwordHash: string
}
