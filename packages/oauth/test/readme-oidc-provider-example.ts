import { createAuthCore } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import Provider, { type AdapterPayload, errors } from 'oidc-provider'
import { createOidcProviderAdapter, createOidcProviderKeys } from '../src/index.js'

const auth = createAuthCore({
  issuer: 'https://api.example.com',
  audience: 'https://api.example.com',
  secrets: [process.env['AUTHCORE_SECRET']],
  stores: memoryStores(),
})
const keys = createOidcProviderKeys(auth)
const { keys: signingKeys } = await keys.load()

export const provider = new Provider('https://login.example.com', {
  adapter: createOidcProviderAdapter<AdapterPayload>(auth, errors),
  jwks: { keys: [...signingKeys] },
  cookies: { keys: [...keys.cookieKeys] },
  clients: [
    { client_id: 'web', token_endpoint_auth_method: 'none', redirect_uris: ['https://app.example.com/cb'] },
  ],
})
