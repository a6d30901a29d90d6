import {
  type Confirmation,
  InsufficientScopeError,
  InvalidTokenError,
  type OpaqueTokenPrincipal,
} from '@authcore/core'
import type { OpaqueTokenVerifier } from '@authcore/http'

/** What is issued. */
export interface IssueKitTokenOptions {
  readonly subject: string
  readonly clientId: string
  readonly scope: readonly string[]
  readonly ttlSeconds: number
  /** When the person logged in, epoch milliseconds. */
  readonly authenticatedAt?: number
}

/** Opaque access tokens in memory: the least that `OpaqueTokenVerifier` asks for, so that the table has some. */
export interface KitOpaqueTokens {
  readonly verifier: Required<OpaqueTokenVerifier>
  /** @returns the token */
  issue(name: string, options: IssueKitTokenOptions): string
}

const PREFIX = 'at_'

/**
 * Opens tokens of a deployment.
 * @param clock epoch milliseconds
 */
export function createKitOpaqueTokens(clock: () => number): KitOpaqueTokens {
  const principals = new Map<string, OpaqueTokenPrincipal<string, string, unknown>>()
  const find = (token: string) => {
    const principal = principals.get(token)
    if (principal === undefined) throw new InvalidTokenError('token_malformed')
    if (clock() >= principal.expiresAt) throw new InvalidTokenError('token_expired')
    return principal
  }
  return {
    issue: (name, { ttlSeconds, ...grant }) => {
      const token = `${PREFIX}${name}`
      const issuedAt = clock()
      const rest = { method: 'opaque_token', tokenId: name, roles: [], claims: {} } as const
      principals.set(
        token,
        Object.freeze({ ...rest, ...grant, issuedAt, expiresAt: issuedAt + ttlSeconds * 1000 }),
      )
      return token
    },
    verifier: {
      isOpaqueToken: text => text.startsWith(PREFIX),
      verify: async (token, { scope = [], maxAgeSeconds, confirmation } = {}) => {
        const principal = find(token)
        refuseOld(principal, maxAgeSeconds, clock())
        refuseOtherKey(principal, confirmation)
        const missing = scope.filter(name => !principal.scope.includes(name))
        if (missing.length > 0) throw new InsufficientScopeError('insufficient_scope', missing)
        return principal
      },
      introspect: async token => {
        const principal = principals.get(token)
        return principal !== undefined && clock() < principal.expiresAt ? principal : undefined
      },
      revoke: async (token, { clientId }) => {
        const found = principals.get(token)?.clientId === clientId
        if (found) principals.delete(token)
        return { found }
      },
    },
  }
}

function refuseOld(
  { authenticatedAt = 0 }: OpaqueTokenPrincipal<string, string, unknown>,
  maxAgeSeconds: number | undefined,
  now: number,
): void {
  if (maxAgeSeconds !== undefined && now - authenticatedAt > maxAgeSeconds * 1000) {
    throw new InvalidTokenError('authentication_too_old')
  }
}

/** None of these tokens is bound; a proof of a key for one that is not bound is refused by its scheme. */
function refuseOtherKey(
  { confirmation: bound }: OpaqueTokenPrincipal<string, string, unknown>,
  confirmation: Confirmation | undefined,
): void {
  if (confirmation?.jkt !== bound?.jkt) throw new InvalidTokenError('token_binding_mismatch')
}
