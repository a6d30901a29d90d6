/** Where `oidc-provider` keeps one model; its interface, typed by what is called. `Payload` is `AdapterPayload` there. */
export interface OidcAdapter<Payload extends object = object> {
  /** @param expiresIn seconds; what has none lives until it is destroyed */
  upsert(id: string, payload: Payload, expiresIn?: number): Promise<void>
  find(id: string): Promise<Payload | undefined>
  findByUserCode(userCode: string): Promise<Payload | undefined>
  findByUid(uid: string): Promise<Payload | undefined>
  /**
   * Uses up a code or a refresh token: of any number at once exactly one succeeds. The others find the grant revoked.
   * @throws what `InvalidGrant` of the options makes
   */
  consume(id: string): Promise<void>
  destroy(id: string): Promise<void>
  revokeByGrantId(grantId: string): Promise<void>
}

/** For the option `adapter` of `oidc-provider`: makes the adapter of each model. */
export type OidcAdapterFactory<Payload extends object = object> = (name: string) => OidcAdapter<Payload>

/** What is told to the adapter. */
export interface OidcProviderAdapterOptions {
  /** `errors.InvalidGrant` of `oidc-provider`: how a code that was used twice is answered. */
  readonly InvalidGrant: new (
    description: string,
  ) => Error
}
