import type { AdapterApplication, GuardedRoute } from '@authcore/conformance'
import { authErrorResponse, authFetchHandler, withAuth } from '@authcore/hono/fetch'
import { requireRole, requireScope } from '@authcore/http'
import { CONNECTION, toResponse } from './hono-application.js'

type Fetch = (request: Request) => Promise<Response>

/** The application of the table without a framework: requests in, responses out. */
export function buildFetch(application: AdapterApplication): Fetch {
  const routes = new Map(application.routes.map(route => [route.mount + route.path, toHandler(route)]))
  let otherwise: Fetch = async () => toResponse(application.fallback)
  for (const { path, auth, options } of application.mounts) {
    otherwise = authFetchHandler(auth, options, { prefix: path, otherwise, ...CONNECTION })
  }
  return async request => {
    const handler = routes.get(new URL(request.url).pathname) ?? otherwise
    const response = await handler(request).catch(
      error => authErrorResponse(error, request) ?? toResponse(application.failure(error)),
    )
    // what every Fetch-style server does
    return request.method === 'HEAD' ? new Response(null, response) : response
  }
}

function toHandler(route: GuardedRoute): Fetch {
  const { auth, policy } = route
  if (policy === undefined) return async () => toResponse(route.answer(undefined))
  return withAuth(
    auth,
    policy,
    (_request, context) => {
      if (route.requireScope !== undefined) requireScope(context.auth, route.requireScope)
      if (route.requireRole !== undefined) requireRole(context.auth, route.requireRole)
      return toResponse(route.answer(context.auth))
    },
    CONNECTION,
  )
}
