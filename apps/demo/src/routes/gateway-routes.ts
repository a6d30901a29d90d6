import { createGateway, type Gateway } from '@authcore/http'
import type { DemoAuth } from '../demo-auth.js'
import { INNER_AUDIENCE, SUBJECT_HEADER } from '../inner-service/inner-service.js'
import type { DemoAnswer, DemoRoute, RouteCall } from './demo-route.js'
import { ProblemError } from './problem.js'

/** What the gateway works with. */
export interface GatewayRoutesOptions {
  readonly auth: DemoAuth
  /** Where the inner service is reached, such as `http://127.0.0.1:3001`. */
  readonly innerServiceUrl: string
}

/** An inner service that says nothing for so long counts as away. */
const TIMEOUT_MS = 5000

/** `GET /gateway/orders`: the caller is verified here, once; the inner service is told who it is. */
export function gatewayRoutes({ auth, innerServiceUrl }: GatewayRoutesOptions): readonly DemoRoute[] {
  const gateway = createGateway(auth, { audience: INNER_AUDIENCE, plainHeaders: { subject: SUBJECT_HEADER } })
  return [
    {
      method: 'GET',
      path: '/gateway/orders',
      access: { policy: { methods: ['access_token', 'api_key'] }, scope: [], roles: [] },
      answer: call => forward(gateway, `${innerServiceUrl}/orders`, call),
    },
  ]
}

async function forward(gateway: Gateway, url: string, call: RouteCall): Promise<DemoAnswer> {
  const headers = await gateway.forwardHeaders(call.headers, call.principal)
  try {
    const response = await fetch(url, {
      headers: toHeaders(headers),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const mediaType = response.headers.get('content-type') ?? 'application/octet-stream'
    return { status: response.status, headers: { 'content-type': mediaType }, body: await response.text() }
  } catch {
    throw new ProblemError('inner_service_unavailable')
  }
}

function toHeaders(fields: Awaited<ReturnType<Gateway['forwardHeaders']>>): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(fields)) {
    // `fetch` makes no promises about a body that is not there
    if (name === 'expect') continue
    for (const each of typeof value === 'string' ? [value] : value) headers.append(name, each)
  }
  return headers
}
