import type { FastifyAuthPlugin } from './fastify-types.js'

/**
 * Decorates the requests of the instance on which it is registered with `auth`, which `requireAuth` sets.
 * @example
 * await app.register(fastifyAuth)
 */
export const fastifyAuth: FastifyAuthPlugin = Object.assign(decorate, {
  // without a context of its own: what it decorates is for whoever registers it
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: '@authcore/fastify',
  [Symbol.for('plugin-meta')]: { name: '@authcore/fastify', fastify: '4.x || 5.x' },
})

async function decorate(app: Parameters<FastifyAuthPlugin>[0]): Promise<void> {
  app.decorateRequest('auth', undefined)
}
