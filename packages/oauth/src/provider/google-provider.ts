import type { Provider } from './provider.js'
import {
  authenticateBySecret,
  type ClientOptions,
  isVerifiedClaim,
  readClientOptions,
  readText,
} from './provider-options.js'

/**
 * Google (OpenID Connect). For a refresh token add `parameters: { access_type: 'offline', prompt: 'consent' }`.
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function googleProvider(options: ClientOptions): Provider {
  const { reader, shared } = readClientOptions(options, ['openid', 'email', 'profile'])
  const clientSecret = readText(reader, 'clientSecret', 4096)
  reader.finish()
  return Object.freeze({
    ...shared,
    issuer: 'https://accounts.google.com',
    responseMode: 'query',
    authenticate: authenticateBySecret('client_secret_post', clientSecret),
    isEmailVerified: isGoogleAuthoritative,
    readsUserInfo: false,
  })
}

/**
 * Google has verified every address once, and says itself that it speaks for those of Gmail and of Workspace (`hd`)
 * only: another may have had a new owner since.
 */
function isGoogleAuthoritative(claims: ReadonlyMap<string, unknown>): boolean {
  const email = claims.get('email')
  const isGmail = typeof email === 'string' && /@(gmail|googlemail)\.com$/i.test(email)
  return isVerifiedClaim(claims) && (isGmail || typeof claims.get('hd') === 'string')
}
