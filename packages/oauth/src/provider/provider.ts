import type { Clock } from '@authcore/core'
import type { AuthorizationServer, Client, ClientAuth } from 'oauth4webapi'
import type { ProviderHttp } from './provider-http.js'
import type { VerifiedProfile } from './verified-profile.js'

/**
 * One identity provider and this application as its client. Made by `googleProvider`, `githubProvider`,
 * `microsoftProvider`, `appleProvider` and `openIdProvider`; the members are for this package.
 */
export interface Provider {
  /** As its metadata names it. */
  readonly issuer: string
  /** Where its metadata stands, without the well-known path; below the issuer unless told. */
  readonly discoveryUrl?: string
  readonly clientId: string
  readonly scope: readonly string[]
  /** How the answer comes to the redirect URI: `form_post` is a form that the browser sends from the provider's page. */
  readonly responseMode: 'query' | 'form_post'
  /** Sent with each authorization request. */
  readonly parameters: Readonly<Record<string, string>>
  /** Metadata that stands instead of discovery: for providers without any. */
  readonly metadata?: AuthorizationServer
  /** Proves who this client is. */
  readonly authenticate: (clock: Clock) => ClientAuth | Promise<ClientAuth>
  /** How long ago the person may have proved who they are at the provider, in seconds (`max_age`). */
  readonly maxAgeSeconds?: number
  /**
   * The issuer that an ID token must name, where that is not the issuer of the metadata.
   * @returns `undefined` when the claims allow none
   */
  readonly expectedIssuer?: (claims: ReadonlyMap<string, unknown>) => string | undefined
  /** Whether an address counts as verified, where the provider says so in its own way. */
  readonly isEmailVerified: (claims: ReadonlyMap<string, unknown>) => boolean
  /** Whether to ask for what the ID token leaves out. */
  readonly readsUserInfo: boolean
  /** Finds out who it is, for providers without OpenID Connect; stands instead of an ID token. */
  readonly findProfile?: (accessToken: string, context: ProviderContext) => Promise<VerifiedProfile>
  /** Ends a grant, for providers without RFC 7009. */
  readonly revoke?: (accessToken: string, context: ProviderContext) => Promise<void>
}

/** What a request to a provider is made with. */
export interface ProviderContext {
  /** The name of the provider in this deployment. */
  readonly id: string
  readonly server: AuthorizationServer
  readonly client: Client
  readonly http: ProviderHttp
}
