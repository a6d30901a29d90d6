import type { AdapterApplication } from '@authcore/conformance'
import type express5 from 'express'
import type { Express, Response, Router } from 'express'
import { authErrorHandler, authRoutes, requireAuth, requireRole, requireScope } from '../src/index.js'

/** The application of the table. */
export function build(express: typeof express5, application: AdapterApplication): Express {
  const app = express()
  app.disable('x-powered-by')
  for (const { path, auth, options, body, isDelayed } of application.mounts) {
    if (isDelayed) app.use(path, (_request, _response, next) => void setImmediate(next))
    if (body === 'parsed') app.use(path, express.json(), express.urlencoded({ extended: true }))
    if (body === 'bytes') app.use(path, express.raw({ type: () => true }))
    app.use(path, authRoutes(auth, options))
  }
  addRoutes(app, express, application)
  app.use((_request, response) => send(response, application.fallback))
  app.use(authErrorHandler())
  app.use((error: unknown, _request: unknown, response: Response, _next: unknown) =>
    send(response, application.failure(error)),
  )
  return app
}

function addRoutes(app: Express, express: typeof express5, application: AdapterApplication): void {
  const routers = new Map<string, Router>()
  for (const route of application.routes) {
    const { mount, path, auth, policy, requireScope: scopes, requireRole: roles } = route
    const router = routers.get(mount) ?? express.Router()
    if (!routers.has(mount)) app.use(mount || '/', router)
    routers.set(mount, router)
    const handlers = [
      ...(policy === undefined ? [] : [requireAuth(auth, policy)]),
      ...(scopes === undefined ? [] : [requireScope(...scopes)]),
      ...(roles === undefined ? [] : [requireRole(...roles)]),
    ]
    router.all(path, ...handlers, (request, response) => send(response, route.answer(request.auth)))
  }
}

function send(response: Response, { status, headers, body }: AdapterApplication['fallback']): void {
  response.status(status).set(headers).end(body)
}
