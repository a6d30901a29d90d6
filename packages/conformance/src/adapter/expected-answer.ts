import { ConfigError, InvalidRequestError, type Principal } from '@authcore/core'
import {
  type AuthRequest,
  type AuthResponse,
  createAuthRoutes,
  guardRequest,
  requireRole,
  requireScope,
  toErrorResponse,
} from '@authcore/http'
import type { AdapterApplication, GuardedRoute, MountedRoutes } from './application.js'
import {
  fieldsOf,
  groupFields,
  toAnswer,
  toBytes,
  toByteText,
  type WireAnswer,
  type WireField,
  type WireRequest,
} from './wire.js'

/** What a server knows of a connection, whatever comes over it. */
export type RequestConnection = Pick<AuthRequest, 'ip' | 'isEncrypted' | 'clientCertificate'>

/** What the application has to answer, by `@authcore/http` alone. */
export interface ExpectedAnswers {
  /** Each after the one before, all over one connection. */
  ofAll(requests: readonly WireRequest[], connection: RequestConnection): Promise<readonly WireAnswer[]>
}

type Answer = Pick<AuthResponse, 'status' | 'headers' | 'body'>

/**
 * Serves an application without any framework.
 * @param application on a deployment of its own, in the same state as the one under test
 * @param parsesBodies whether bodies come parsed where the application says so
 */
export function createExpectedAnswers(
  application: AdapterApplication,
  parsesBodies: boolean,
): ExpectedAnswers {
  const mounts = application.mounts.map(mount => ({
    mount: parsesBodies ? mount : { ...mount, body: 'unread' as const },
    ...createAuthRoutes(mount.auth, mount.options),
  }))
  const serve = async (request: WireRequest, connection: RequestConnection): Promise<Answer> => {
    const [pathname = ''] = request.path.split('?', 1)
    const route = application.routes.find(({ mount, path }) => mount + path === pathname)
    if (route !== undefined) return serveRoute(route, toAuthRequest(request, connection))
    for (const { mount, handle } of mounts) {
      if (!`${pathname}/`.startsWith(`${mount.path}/`)) continue
      const path = pathname.slice(mount.path.length) || '/'
      const readBody = async (limitBytes: number) => readWireBody(request, limitBytes, mount.body)
      const answer = await handle({ ...toAuthRequest(request, connection), path, readBody })
      if (answer !== undefined) return answer
    }
    return application.fallback
  }
  const answerOne = async (request: WireRequest, connection: RequestConnection): Promise<WireAnswer> => {
    const answer = await serve(request, connection).catch(
      error => toErrorResponse(error) ?? application.failure(error),
    )
    const body = request.method === 'HEAD' ? '' : (answer.body ?? '')
    return toAnswer(answer.status, linesOf(answer.headers), toByteText(new TextEncoder().encode(body)))
  }
  return {
    async ofAll(requests, connection) {
      const answers: WireAnswer[] = []
      for (const request of requests) answers.push(await answerOne(request, connection))
      return answers
    },
  }
}

/** Each value is a field. */
function linesOf(headers: AuthResponse['headers']): readonly WireField[] {
  return Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map(value => [name, value] as const),
  )
}

async function serveRoute(route: GuardedRoute, request: AuthRequest): Promise<Answer> {
  const { policy, auth } = route
  if (policy === undefined) return serveRights(route, undefined)
  const guarded = await guardRequest(auth, request, policy)
  if (guarded.outcome === 'answered') return guarded.response
  try {
    const answer = serveRights(route, guarded.principal)
    return { ...answer, headers: { ...guarded.headers, ...answer.headers } }
  } catch (error) {
    const answer = guarded.answerError(error)
    if (answer === undefined) throw error
    return answer
  }
}

function serveRights(route: GuardedRoute, principal: Principal<string, string, unknown> | undefined): Answer {
  const { requireScope: scopes, requireRole: roles, policy } = route
  if (policy === undefined && (scopes ?? roles) !== undefined) throw new ConfigError('config_invalid', [])
  if (scopes !== undefined) requireScope(principal, scopes)
  if (roles !== undefined) requireRole(principal, roles)
  return route.answer(principal)
}

function toAuthRequest(request: WireRequest, connection: RequestConnection): AuthRequest {
  const headers = groupFields([['host', 'api.example.com'], ...fieldsOf(request)])
  return { method: request.method ?? 'GET', url: request.path, headers, ...connection }
}

function readWireBody(request: WireRequest, limitBytes: number, kind: MountedRoutes['body']): unknown {
  const { body = '' } = request
  if (body.length > limitBytes) throw new InvalidRequestError('request_body_too_large')
  const [type = ''] = groupFields(fieldsOf(request))['content-type'] ?? []
  if (kind !== 'parsed' || body === '') return toBytes(body)
  if (type.startsWith('application/json')) return JSON.parse(body)
  return type.startsWith('application/x-www-form-urlencoded') ? parseForm(body) : toBytes(body)
}

/** As parsers of forms do it: a name that comes twice has an array. */
function parseForm(body: string): object {
  const form = new URLSearchParams(body)
  return Object.fromEntries(
    [...form.keys()].map(name => {
      const values = form.getAll(name)
      return [name, values.length > 1 ? values : values[0]]
    }),
  )
}
