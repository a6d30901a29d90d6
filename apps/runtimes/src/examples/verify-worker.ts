import { AuthError, createAccessTokenVerifier, type JwkSet } from '@authcore/core'

/** Bindings of the Worker. */
interface Environment {
  readonly ISSUER: string
  readonly AUDIENCE: string
  /** The key set of the issuer; a Worker with a network names `jwksUri` instead. */
  readonly JWKS: JwkSet
}

/**
 * A resource server in a Worker that only verifies: no stores, no issuing code.
 *
 * `GET /` with `Authorization: Bearer <access token>` answers with the subject.
 */
// biome-ignore lint/style/noDefaultExport: Workers are modules with a default export
export default {
  async fetch(request: Request, { ISSUER, AUDIENCE, JWKS }: Environment): Promise<Response> {
    const verifier = createAccessTokenVerifier({ issuer: ISSUER, audience: AUDIENCE, jwks: JWKS })
    const [scheme, token = ''] = (request.headers.get('authorization') ?? '').split(' ')
    if (scheme?.toLowerCase() !== 'bearer') return new Response(null, { status: 401 })
    try {
      const { subject } = await verifier.verify(token)
      return Response.json({ subject })
    } catch (error) {
      if (error instanceof AuthError) return Response.json({ code: error.code }, { status: 401 })
      throw error
    }
  },
}
