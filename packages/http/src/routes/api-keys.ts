import { InvalidRequestError, type IssueApiKeyOptions } from '@authcore/core'
import { emptyResponse, jsonResponse } from '../auth-response.js'
import {
  type RequestBody,
  readJsonObject,
  readScope,
  readText,
  readWholeNumber,
  refuseUnknownMembers,
} from '../request-body.js'
import { type Actor, createAuthenticateActor } from './actor.js'
import { type AnyAuthCore, isResourceId, type ManagementDemands, type Route } from './route.js'
import { toWireApiKey } from './wire-api-key.js'

const ISSUE_MEMBERS = [
  'name',
  'scope',
  'environment',
  'expires_in',
  'not_before',
  'remaining_uses',
  'metadata',
]
const ROTATE_MEMBERS = ['overlap_seconds', 'expires_in']

const NOT_FOUND = { found: false } as const

/** Issues, lists, rotates and revokes the API keys of the caller. */
export function apiKeyRoutes(auth: AnyAuthCore, demands: ManagementDemands): readonly Route[] {
  const authenticate = createAuthenticateActor(auth, demands)
  return [
    {
      method: 'GET',
      demands,
      path: '/api-keys',
      handle: async call => {
        const { subject } = await authenticate(call)
        const apiKeys = await auth.apiKeys.list(subject)
        return jsonResponse(200, { api_keys: apiKeys.map(toWireApiKey) })
      },
    },
    {
      method: 'POST',
      demands,
      path: '/api-keys',
      handle: async call => {
        const actor = await authenticate(call)
        const options = readIssueOptions(actor, await call.readBody())
        refuseWiderScope(actor, options.scope)
        const { apiKey, record } = await auth.apiKeys.issue(options)
        return jsonResponse(201, { api_key: apiKey, ...toWireApiKey(record) })
      },
    },
    {
      method: 'POST',
      demands,
      path: '/api-keys/:id/rotate',
      handle: async call => {
        const actor = await authenticate(call)
        const options = readRotateOptions(await call.readBody())
        // the new text speaks for the scope of the old one, so the caller must reach as far
        const bounds = { ownerId: actor.subject, scopeWithin: actor.scope }
        const rotated = await auth.apiKeys.rotate(call.id, { ...options, ...bounds })
        return jsonResponse(201, {
          api_key: rotated.apiKey,
          ...toWireApiKey(rotated.record),
          predecessor: toWireApiKey(rotated.predecessor),
        })
      },
    },
    {
      method: 'DELETE',
      demands,
      path: '/api-keys/:id',
      handle: async call => {
        const { subject } = await authenticate(call)
        const { found } = isResourceId(call.id)
          ? await auth.apiKeys.revoke(call.id, { ownerId: subject })
          : NOT_FOUND
        if (!found) throw new InvalidRequestError('api_key_not_found')
        return emptyResponse()
      },
    },
  ]
}

function readIssueOptions(actor: Actor, body: RequestBody): IssueApiKeyOptions {
  refuseUnknownMembers(body, ISSUE_MEMBERS)
  const name = readText(body, 'name', 200)
  if (name === undefined) {
    throw new InvalidRequestError('request_body_malformed', { detail: 'name is required.' })
  }
  const environment = readText(body, 'environment', 64)
  const expiresInSeconds = readWholeNumber(body, 'expires_in')
  const notBefore = readWholeNumber(body, 'not_before')
  const remainingUses = readWholeNumber(body, 'remaining_uses')
  const metadata = readJsonObject(body, 'metadata')
  return {
    ownerId: actor.subject,
    name,
    scope: readScope(body) ?? [],
    ...(environment !== undefined && { environment }),
    ...(expiresInSeconds !== undefined && { expiresInSeconds }),
    ...(notBefore !== undefined && { notBeforeAt: notBefore * 1000 }),
    ...(remainingUses !== undefined && { remainingUses }),
    ...(metadata !== undefined && { metadata }),
  }
}

function readRotateOptions(body: RequestBody): { overlapSeconds: number; expiresInSeconds?: number } {
  refuseUnknownMembers(body, ROTATE_MEMBERS)
  const expiresInSeconds = readWholeNumber(body, 'expires_in')
  return {
    overlapSeconds: readWholeNumber(body, 'overlap_seconds') ?? 0,
    ...(expiresInSeconds !== undefined && { expiresInSeconds }),
  }
}

function refuseWiderScope(actor: Actor, scope: readonly string[] = []): void {
  if (!scope.every(name => actor.scope.includes(name))) throw new InvalidRequestError('scope_exceeds_grant')
}
