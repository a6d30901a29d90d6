import { refuseForgery } from '../cross-site.js'
import { type CredentialMethod, missingVerifier } from './credential-method.js'

/** The session token in the cookie of `createHttpAuth(auth, { sessionCookie })`. */
export const sessionMethod: CredentialMethod = {
  verifier: 'sessions',
  findMissing: ({ http }) =>
    http?.sessionCookie === undefined ? '`sessionCookie`, an option of createHttpAuth' : undefined,
  find: ({ request, verifiers: { sessions, http } }) => {
    if (sessions === undefined || http?.sessionCookie === undefined) throw missingVerifier('sessionCookie')
    const sessionToken = http.sessionCookie.find(request.headers)
    if (sessionToken === undefined) return undefined
    refuseForgery(request, http.origins)
    return demands => sessions.verify(sessionToken, demands)
  },
}
