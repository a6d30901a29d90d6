import {
  type AuthCore,
  type ClientCertificatePrincipal,
  InsufficientScopeError,
  InvalidTokenError,
  type OpaqueTokenPrincipal,
} from '@authcore/core'
import {
  type AuthRequest,
  type CredentialVerifiers,
  createHttpAuth,
  type PolicyMethod,
} from '../src/index.js'
import { START } from './fixture.js'

export interface EveryMethod {
  readonly verifiers: CredentialVerifiers<string, string, unknown>
  /** A good or a bad credential of a method, as a request carries it. */
  credential(method: PolicyMethod, isGood: boolean): Promise<Partial<AuthRequest>>
  /** The methods whose verifiers were called since the last time. */
  takeCalls(): readonly string[]
}

const BASE = { scope: ['read'], roles: [], issuedAt: START, expiresAt: START + 3_600_000 } as const

/** A deployment that verifies by every method; two of the verifiers are simple ones of this file. */
export function withEveryMethod(auth: AuthCore): EveryMethod {
  const calls: string[] = []
  const plain: CredentialVerifiers<string, string, unknown> = {
    issuer: auth.issuer,
    sessions: {
      verify: (token, options) => {
        calls.push('session')
        return auth.sessions.verify(token, options)
      },
    },
    accessTokens: {
      verify: (token, options) => {
        calls.push('access_token')
        return auth.accessTokens.verify(token, options)
      },
    },
    apiKeys: {
      isApiKey: text => auth.apiKeys.isApiKey(text),
      verify: (apiKey, options) => {
        calls.push('api_key')
        return auth.apiKeys.verify(apiKey, options)
      },
    },
    opaqueTokens: {
      isOpaqueToken: text => text.startsWith('at_'),
      verify: async (token, { scope = [] } = {}) => {
        calls.push('opaque_token')
        if (token !== 'at_good') throw new InvalidTokenError('token_malformed')
        refuseMissing(scope)
        return Object.freeze<OpaqueTokenPrincipal<string, string, unknown>>({
          ...BASE,
          method: 'opaque_token',
          subject: 'user-3',
          tokenId: 'token-1',
          clientId: 'app',
          claims: {},
        })
      },
    },
    clientCertificates: {
      verify: async (certificate, { scope = [] } = {}) => {
        calls.push('client_certificate')
        if (certificate[0] !== 0x30) throw new InvalidTokenError('token_binding_mismatch')
        refuseMissing(scope)
        return Object.freeze<ClientCertificatePrincipal>({
          ...BASE,
          method: 'client_certificate',
          subject: 'service-1',
          'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2',
          subjectName: 'CN=service-1',
          dnsNames: [],
          uris: [],
        })
      },
    },
  }
  return {
    verifiers: createHttpAuth(plain, { sessionCookie: {} }),
    takeCalls: () => calls.splice(0),
    credential: async (method, isGood) => {
      switch (method) {
        case 'access_token': {
          const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1', scope: ['read'] })
          return { headers: { authorization: `Bearer ${isGood ? accessToken : `${accessToken}x`}` } }
        }
        case 'api_key': {
          const { apiKey } = await auth.apiKeys.issue({ ownerId: 'user-2', name: 'ci', scope: ['read'] })
          return { headers: { 'x-api-key': isGood ? apiKey : apiKey.slice(1) } }
        }
        case 'session': {
          const { sessionToken } = await auth.sessions.startCookie({ subject: 'user-4', scope: ['read'] })
          return { headers: { cookie: `__Host-session=${isGood ? sessionToken : `${sessionToken}x`}` } }
        }
        case 'opaque_token':
          return { headers: { authorization: isGood ? 'Bearer at_good' : 'Bearer at_bad' } }
        case 'client_certificate':
          return { clientCertificate: new Uint8Array([isGood ? 0x30 : 0x31]) }
      }
    },
  }
}

/** One request that carries them all. */
export function merge(...parts: readonly Partial<AuthRequest>[]): AuthRequest {
  const headers = Object.assign({}, ...parts.map(part => part.headers))
  return Object.assign({ method: 'GET', url: '/reports' }, ...parts, { headers })
}

function refuseMissing(scope: readonly string[]): void {
  const missing = scope.filter(name => name !== 'read')
  if (missing.length > 0) throw new InsufficientScopeError('insufficient_scope', missing)
}
