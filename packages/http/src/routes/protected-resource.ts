import type { ProtectedResourceSettings } from '../protected-resource/protected-resource.js'
import type { Route } from './route.js'

/**
 * What clients can learn about this API (RFC 9728 section 3): served where clients look for it only when the routes are
 * mounted at the root of the origin.
 */
export function protectedResourceRoute(settings: ProtectedResourceSettings): Route {
  const { metadataPath, document, maxAgeSeconds } = settings
  return {
    method: 'GET',
    path: metadataPath,
    isPublic: true,
    handle: async () => ({
      status: 200,
      headers: {
        'content-type': 'application/json',
        'cache-control': `public, max-age=${maxAgeSeconds}`,
      },
      body: document,
    }),
  }
}
