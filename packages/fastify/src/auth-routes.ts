import { type AnyAuthCore, type AuthRoutesOptions, createAuthRoutes, readNodeBody } from '@authcore/http'
import type { FastifyAuthPlugin, FastifyReplyLike, FastifyRequestLike, UnreadBody } from './fastify-types.js'
import { respond, toAuthRequest } from './respond.js'

/**
 * Serves the JWK set, refresh, logout, and the caller's sessions and API keys below the prefix that it is registered
 * with. Its parsers of bodies are its own and end with it.
 * @param auth the deployment
 * @param options which routes are served, and how
 * @throws ConfigError `config_invalid` while wiring, with every problem of the options
 * @example
 * await app.register(authRoutes(auth, { refreshCookie: false }), { prefix: '/auth' })
 */
export function authRoutes(auth: AnyAuthCore, options: AuthRoutesOptions = {}): FastifyAuthPlugin {
  const { handle } = createAuthRoutes(auth, options)
  return async app => {
    const depth = app.prefix.replace(/\/$/, '').split('/').length
    const serve = async (
      request: FastifyRequestLike,
      reply: FastifyReplyLike,
      body: unknown,
    ): Promise<FastifyReplyLike> => {
      const answer = await handle({
        ...toAuthRequest(request),
        path: toPath(request.url, depth),
        readBody: limitBytes => readBody(body, limitBytes),
      })
      if (answer !== undefined) return respond(reply, answer)
      reply.callNotFound()
      return reply
    }
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', {}, (_request, payload, done) => done(null, payload))
    // Fastify refuses what is no media type at all before any parser sees it
    app.setErrorHandler((error, request, reply) => {
      if (!isMediaTypeError(error)) throw error
      return serve(request, reply, request.raw)
    })
    app.all('/*', (request, reply) => serve(request, reply, request.body))
  }
}

/** The path below the prefix, as it came: Fastify decodes its parameters. */
function toPath(url: string, depth: number): string {
  const [path = ''] = url.split('?', 1)
  return `/${path.split('/').slice(depth).join('/')}`
}

async function readBody(body: unknown, limitBytes: number): Promise<unknown> {
  return isUnread(body) ? readNodeBody(body, limitBytes) : undefined
}

/** There is no stream where the request has no body. */
function isUnread(body: unknown): body is UnreadBody {
  return typeof body === 'object' && body !== null && 'readableEnded' in body && body.readableEnded === false
}

function isMediaTypeError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE'
}
