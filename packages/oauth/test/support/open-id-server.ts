import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import Provider, { type Configuration } from 'oidc-provider'

/** A real OpenID provider on loopback. */
export interface OpenIdServer {
  readonly issuer: string
  /** What the person at the provider does; `ada`, who agrees, unless told. */
  person: { readonly login?: string; readonly isDenied?: boolean }
  /** Puts a new signing key in the place of the present one; tokens and sessions of the provider stay. */
  rotateKey(): Promise<void>
  /** Signs claims as the provider would. */
  sign(claims: Readonly<Record<string, unknown>>, header?: { readonly kid?: string }): Promise<string>
  /** The requests of a path, in order. */
  requestsOf(path: string): number
  stop(): Promise<void>
}

export const CLIENT = { clientId: 'shop', clientSecret: 'a secret of the shop' } as const

export interface OpenIdServerOptions {
  readonly redirectUris: readonly string[]
  readonly configuration?: Configuration
  readonly client?: Readonly<Record<string, unknown>>
}

export async function startOpenIdServer(options: OpenIdServerOptions): Promise<OpenIdServer> {
  const requests: string[] = []
  let handle: (request: IncomingMessage, response: ServerResponse) => unknown = () => {}
  const http = createServer((request, response) => {
    requests.push(new URL(request.url ?? '/', 'http://localhost').pathname)
    handle(request, response)
  })
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  let key = await makeKey()
  const install = () => {
    const provider = new Provider(issuer, configure(options, key.jwk))
    const answer = provider.callback()
    handle = (request, response) => {
      if (request.url?.startsWith('/interaction/'))
        return interact(provider, server.person, request, response)
      return answer(request, response)
    }
  }
  const server: OpenIdServer = {
    issuer,
    person: {},
    rotateKey: async () => {
      key = await makeKey()
      install()
    },
    sign: (claims, header = {}) =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: key.kid, ...header })
        .sign(key.privateKey),
    requestsOf: path => requests.filter(each => each === path).length,
    stop: () =>
      new Promise(resolve => {
        http.close(() => resolve())
        http.closeAllConnections()
      }),
  }
  install()
  return server
}

async function makeKey() {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const kid = randomUUID()
  const jwk: JWK = { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' }
  return { privateKey, kid, jwk }
}

function configure(
  { redirectUris, configuration = {}, client = {} }: OpenIdServerOptions,
  jwk: JWK,
): Configuration {
  return {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [...redirectUris],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        ...client,
      },
    ],
    jwks: { keys: [jwk as never] },
    cookies: { keys: ['a key of the cookies of the provider'] },
    findAccount: async (_, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, email: `${id}@example.com`, email_verified: id !== 'eve', name: id }),
    }),
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
    pkce: { required: () => true },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    ttl: { AccessToken: 3600, IdToken: 3600 },
    ...configuration,
  }
}

async function interact(
  provider: Provider,
  person: OpenIdServer['person'],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response)
  if (person.isDenied === true) {
    return provider.interactionFinished(request, response, { error: 'access_denied' })
  }
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: person.login ?? 'ada' } })
  }
  const grant = new provider.Grant({
    accountId: session?.accountId ?? '',
    clientId: String(params['client_id']),
  })
  grant.addOIDCScope(String(params['scope']))
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
}
