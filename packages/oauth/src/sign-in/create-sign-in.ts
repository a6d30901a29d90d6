import { InvalidRequestError } from '@authcore/core'
import type { ProviderClient } from '../provider/provider-client.js'
import { SignInFailure } from '../provider/sign-in-failure.js'
import { finishSignIn } from './finish-sign-in.js'
import { parseReturnTo } from './return-to.js'
import type { SignIn } from './sign-in.js'
import { type CreateSignInOptions, parseOptions, type SignInContext } from './sign-in-options.js'
import { createSignInStates, SIGN_IN_SECONDS } from './sign-in-state.js'
import { setStateCookie } from './state-cookie.js'

/**
 * Wires signing in with providers. Does no input or output.
 * @throws ConfigError `config_invalid` with every problem by path
 * @example
 * import type { AuthCore } from '@authcore/core'
 * import { createIdentityDirectory, createSignIn, googleProvider } from '@authcore/oauth'
 *
 * declare const auth: AuthCore
 *
 * const signIn = createSignIn({
 *   auth,
 *   baseUrl: 'https://api.example.com/auth',
 *   providers: {
 *     google: googleProvider({ clientId: '1234.apps.googleusercontent.com', clientSecret: 'GOCSPX-...' }),
 *   },
 *   accounts: createIdentityDirectory({ auth, createAccount: async () => ({ outcome: 'created' }) }),
 * })
 */
export function createSignIn(options: CreateSignInOptions): SignIn {
  const context = parseOptions(options)
  const { auth, clients, accounts, vault } = context
  const states = createSignInStates(auth)
  return Object.freeze({
    providers: Object.freeze([...clients.keys()]),
    start: async (provider, { headers, returnTo, link }) => {
      const client = findClient(context, provider)
      const target =
        returnTo === undefined ? context.defaultReturnTo : parseReturnTo(returnTo, context.returnOrigins)
      const { state, sealed, slot } = await states.create(
        { provider, returnTo: target, ...(link !== undefined && { link }) },
        headers,
      )
      const isCrossSite = client.provider.responseMode === 'form_post'
      return Object.freeze({
        authorizationUrl: await authorizationUrl(client, {
          ...state,
          redirectUri: redirectUri(context, provider),
        }),
        cookie: setStateCookie(slot, sealed, { maxAgeSeconds: SIGN_IN_SECONDS, isCrossSite }),
      })
    },
    finish: (provider, finish) => {
      const client = findClient(context, provider)
      return finishSignIn(
        client,
        { ...finish, redirectUri: redirectUri(context, provider) },
        { context, states },
      )
    },
    listIdentities: async subject => (await accounts.list?.(subject)) ?? [],
    unlink: async (subject, identityId) => {
      // tokens first: when this fails in between, the identity is still there to try again with
      await vault?.vault.remove(subject, identityId)
      return (await accounts.unlink?.(subject, identityId)) ?? { found: false }
    },
    ...(vault !== undefined && { tokens: vault.vault }),
  } satisfies SignIn)
}

function findClient({ clients }: SignInContext, provider: string): ProviderClient {
  const client = clients.get(provider)
  if (client === undefined) throw new InvalidRequestError('provider_unknown')
  return client
}

/** One for each provider: where an answer arrives tells which provider it was asked for (RFC 9700 section 4.4.2). */
function redirectUri({ baseUrl }: SignInContext, provider: string): string {
  return `${baseUrl}/oauth/${provider}/callback`
}

async function authorizationUrl(
  client: ProviderClient,
  request: Parameters<ProviderClient['authorizationUrl']>[0],
): Promise<string> {
  try {
    return await client.authorizationUrl(request)
  } catch (error) {
    throw error instanceof SignInFailure ? error.error : error
  }
}
