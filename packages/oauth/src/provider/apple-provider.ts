import { type ImportedKey, importKey, signJwt } from '@authcore/core/jwt'
import { ClientSecretPost } from 'oauth4webapi'
import type { Provider } from './provider.js'
import { type ClientOptions, isVerifiedClaim, readClientOptions, readText } from './provider-options.js'

/** Sign in with Apple. `clientId` is the Services ID. */
export interface AppleProviderOptions extends Omit<ClientOptions, 'clientSecret'> {
  /** Ten characters, of the developer account. */
  readonly teamId: string
  /** Ten characters, of the key. */
  readonly keyId: string
  /** The key as Apple gives it out: PKCS #8 in PEM, P-256. */
  readonly privateKey: string
}

const ISSUER = 'https://appleid.apple.com'

/** Apple accepts six months; it is made anew for every request. */
const SECRET_SECONDS = 300

/**
 * Apple. The client secret is a JWT (ES256) under the key of the team. With the name or the address in the scope Apple
 * answers by form only, so the cookie of the sign-in is `SameSite=None`.
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function appleProvider(options: AppleProviderOptions): Provider {
  const { reader, shared } = readClientOptions(options, ['openid', 'email', 'name'])
  const [teamId, keyId] = [readText(reader, 'teamId', 32), readText(reader, 'keyId', 32)]
  const isPem = (value: unknown): value is string =>
    typeof value === 'string' && value.length <= 4096 && value.includes('-----BEGIN PRIVATE KEY-----')
  const privateKey = reader.value('privateKey', isPem, 'a private key in PEM')
  if (reader.read('privateKey') === undefined) reader.refuse('privateKey', 'is required')
  reader.finish()
  let key: Promise<ImportedKey> | undefined
  return Object.freeze({
    ...shared,
    issuer: ISSUER,
    responseMode: 'form_post',
    authenticate: async clock => {
      key ??= importKey(privateKey ?? '', { algorithm: 'ES256', kid: keyId })
      const iat = Math.floor(clock() / 1000)
      const claims = { iss: teamId, sub: shared.clientId, aud: ISSUER, iat, exp: iat + SECRET_SECONDS }
      return ClientSecretPost(await signJwt(claims, await key))
    },
    isEmailVerified: isVerifiedClaim,
    readsUserInfo: false,
  } satisfies Provider)
}
