import type { AnyAuthCore, Route } from './route.js'

/** The public keys of the deployment (RFC 7517 section 5), to be cached as long as a new key is announced. */
export function jwksRoute(auth: AnyAuthCore): Route {
  return {
    method: 'GET',
    path: '/.well-known/jwks.json',
    isPublic: true,
    handle: async () => ({
      status: 200,
      headers: {
        'content-type': 'application/jwk-set+json',
        'cache-control': `public, max-age=${Math.floor(auth.signingKeys.jwksMaxAgeSeconds)}`,
      },
      body: JSON.stringify(await auth.signingKeys.jwks()),
    }),
  }
}
