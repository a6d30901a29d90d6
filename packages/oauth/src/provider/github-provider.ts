import type { OutboundResponse } from '../outbound/outbound-fetch.js'
import { membersOf, parseJson } from '../text.js'
import type { Provider, ProviderContext } from './provider.js'
import { authenticateBySecret, type ClientOptions, readClientOptions, readText } from './provider-options.js'
import { refuseAnswer } from './sign-in-failure.js'
import { toProfile, type VerifiedProfile } from './verified-profile.js'

const ISSUER = 'https://github.com'
const API = 'https://api.github.com'

/**
 * GitHub: plain OAuth 2.0, so who it is comes from its API instead of an ID token. The subject is the number of the
 * user, for names change their owners.
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function githubProvider(options: Omit<ClientOptions, 'maxAgeSeconds'>): Provider {
  const { reader, shared } = readClientOptions(options, ['read:user', 'user:email'])
  const clientSecret = readText(reader, 'clientSecret', 4096)
  if (reader.read('maxAgeSeconds') !== undefined) reader.refuse('maxAgeSeconds', 'is not known to GitHub')
  reader.finish()
  const basic = `Basic ${btoa(`${shared.clientId}:${clientSecret}`)}`
  return Object.freeze({
    ...shared,
    issuer: ISSUER,
    metadata: Object.freeze({
      issuer: ISSUER,
      authorization_endpoint: `${ISSUER}/login/oauth/authorize`,
      token_endpoint: `${ISSUER}/login/oauth/access_token`,
    }),
    responseMode: 'query',
    authenticate: authenticateBySecret('client_secret_post', clientSecret),
    isEmailVerified: () => false,
    readsUserInfo: false,
    findProfile,
    revoke: async (accessToken, { http }) => {
      const answer = await http.fetch(`${API}/applications/${encodeURIComponent(shared.clientId)}/grant`, {
        method: 'DELETE',
        headers: { ...HEADERS, authorization: basic, 'content-type': 'application/json' },
        body: JSON.stringify({ access_token: accessToken }),
      })
      // 404 and 422: it has ended before
      if (![204, 404, 422].includes(answer.status)) throw refuseAnswer('token_response_invalid')
    },
  } satisfies Provider)
}

const HEADERS = { accept: 'application/vnd.github+json', 'user-agent': 'authcore' } as const

async function findProfile(accessToken: string, { id, http }: ProviderContext): Promise<VerifiedProfile> {
  const ask = async (path: string): Promise<unknown> => {
    const headers = { ...HEADERS, authorization: `Bearer ${accessToken}` }
    return readJson(await http.fetch(`${API}${path}`, { method: 'GET', headers }))
  }
  const user = membersOf(await ask('/user'))
  const number = user.get('id')
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number <= 0) {
    throw refuseAnswer('user_info_invalid')
  }
  const email = findPrimaryEmail(await ask('/user/emails'))
  const claims = new Map<string, unknown>([
    ['sub', String(number)],
    ['email', email?.address],
    ['name', user.get('name') ?? user.get('login')],
  ])
  return toProfile(claims, { provider: id, issuer: ISSUER, isEmailVerified: email?.isVerified === true })
}

function findPrimaryEmail(
  answer: unknown,
): { readonly address: unknown; readonly isVerified: boolean } | undefined {
  const list: readonly unknown[] = Array.isArray(answer) ? answer : []
  const primary = list.map(membersOf).find(email => email.get('primary') === true)
  return primary && { address: primary.get('email'), isVerified: primary.get('verified') === true }
}

function readJson({ status, body }: OutboundResponse): unknown {
  if (status !== 200) throw refuseAnswer('user_info_invalid')
  return parseJson(new TextDecoder().decode(body))
}
