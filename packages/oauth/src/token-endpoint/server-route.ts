import type { Confirmation } from '@authcore/core'
import type { PresentedClient } from '../client/oauth-clients.js'

/** Routes for `authRoutes(auth, { extensions })` of any framework. */
export interface OAuthServerRoutes {
  readonly routes: readonly OAuthServerRoute[]
}

/** One route, in the shape that `@authcore/http` serves. */
export interface OAuthServerRoute {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly isTokenEndpoint?: boolean
  handle(call: OAuthServerCall): Promise<OAuthServerAnswer>
}

/** One request. Nothing of it has been verified. */
export interface OAuthServerCall {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The members of the body; called at most once. */
  readBody(): Promise<Readonly<Record<string, unknown>>>
  /** What the sender says of the client that it is. */
  findClient(body: Readonly<Record<string, unknown>>): PresentedClient
  /** Finds out which keys the sender holds; called at most once. */
  proveKeys(): Promise<{
    readonly confirmation?: Confirmation
    readonly headers: Readonly<Record<string, string>>
  }>
}

/** What is answered; the body becomes JSON, the text is sent as it stands. */
export interface OAuthServerAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly text?: { readonly mediaType: string; readonly content: string }
}
