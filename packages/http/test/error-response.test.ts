import {
  AUTH_ERROR_CODES,
  AuthError,
  type AuthErrorCode,
  ConfigError,
  InsufficientScopeError,
  InvalidApiKeyError,
  InvalidClientError,
  InvalidGrantError,
  InvalidLoginError,
  InvalidRequestError,
  InvalidTokenError,
  RateLimitError,
  StoreError,
} from '@authcore/core'
import { describe, expect, it } from 'vitest'
import { ERROR_RULES, toErrorResponse, toTokenErrorResponse } from '../src/index.js'

/** Stands for any subclass: only the code decides. */
class AnyAuthError extends AuthError {
  constructor(code: string) {
    super(code as AuthErrorCode, 'Any message.')
  }
}

const bodyOf = (response: { body?: string } | undefined) => JSON.parse(response?.body ?? 'null')

describe('toErrorResponse', () => {
  it.each(AUTH_ERROR_CODES)('answers %s as its rule says', code => {
    const rule = ERROR_RULES[code]
    const response = toErrorResponse(new AnyAuthError(code))
    if (rule === undefined) return expect(response).toBeUndefined()
    const publicCode = rule.publicCode ?? code
    expect(response).toMatchObject({
      status: rule.status,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    })
    expect(bodyOf(response)).toMatchObject({
      type: `urn:authcore:problem:${publicCode}`,
      title: rule.title,
      status: rule.status,
      code: publicCode,
    })
    expect(Object.keys(bodyOf(response)).length).toBe(rule.publicCode === undefined ? 5 : 4)
  })

  it('has a challenge for every 401 (RFC 9110 section 15.5.2)', () => {
    for (const code of AUTH_ERROR_CODES) {
      const response = toErrorResponse(new AnyAuthError(code))
      if (response?.status === 401)
        expect(response.headers['www-authenticate']).toMatch(/^(Bearer|Basic) realm="api"/)
    }
  })

  it('challenges without an error when there were no credentials', () => {
    const response = toErrorResponse(new InvalidRequestError('credentials_missing'))
    expect(response?.headers['www-authenticate']).toBe('Bearer realm="api"')
  })

  it('tells what is wrong with a token', () => {
    expect(toErrorResponse(new InvalidTokenError('token_expired'))).toEqual({
      status: 401,
      headers: {
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        'www-authenticate':
          'Bearer realm="api", error="invalid_token", error_description="The access token has expired."',
      },
      body: '{"type":"urn:authcore:problem:token_expired","title":"Invalid access token","status":401,"code":"token_expired","detail":"The access token has expired."}',
    })
  })

  it('names the scopes that are missing', () => {
    const response = toErrorResponse(new InsufficientScopeError('insufficient_scope', ['a', 'b:c']))
    expect(response?.status).toBe(403)
    expect(response?.headers['www-authenticate']).toBe(
      'Bearer realm="api", error="insufficient_scope", error_description="The credential lacks a required scope.", scope="a b:c"',
    )
  })

  it('keeps missing roles to itself', () => {
    const response = toErrorResponse(new InsufficientScopeError('insufficient_role', ['super-admin']))
    expect(response?.status).toBe(403)
    expect(JSON.stringify(response)).not.toContain('super-admin')
    expect(response?.headers).not.toHaveProperty('www-authenticate')
  })

  it('says how recent a login must be (RFC 9470 section 3)', () => {
    const error = new InvalidTokenError('authentication_too_old')
    const challenge = toErrorResponse(error, { policy: { maxAgeSeconds: 300 } })?.headers['www-authenticate']
    expect(challenge).toContain('error="insufficient_user_authentication"')
    expect(challenge).toContain('max_age="300"')
    expect(toErrorResponse(error)?.headers['www-authenticate']).not.toContain('max_age')
  })

  // covers ASVS-16.5.1
  it('answers every API key that is refused with the same bytes', () => {
    const codes = AUTH_ERROR_CODES.filter(code => ERROR_RULES[code]?.publicCode === 'api_key_invalid')
    const errors = codes.map(code => new AnyAuthError(code))
    errors.push(new InvalidApiKeyError('api_key_revoked', { detail: 'Revoked by ops.' }))
    expect(new Set(errors.map(error => JSON.stringify(toErrorResponse(error)))).size).toBe(1)
    expect(new Set(errors.map(error => JSON.stringify(toTokenErrorResponse(error)))).size).toBe(1)
    expect(codes.length).toBe(8)
  })

  it('answers every login that is refused with the same bytes', () => {
    const codes = AUTH_ERROR_CODES.filter(code => ERROR_RULES[code]?.publicCode === 'login_failed')
    const errors = codes.map(code => new AnyAuthError(code))
    errors.push(new InvalidLoginError('login_account_unknown', { detail: 'No such person.' }))
    expect(new Set(errors.map(error => JSON.stringify(toErrorResponse(error)))).size).toBe(1)
    expect(new Set(errors.map(error => JSON.stringify(toTokenErrorResponse(error)))).size).toBe(1)
    expect(new Set(errors.slice(0, -1).map(error => error.message)).size).toBe(1)
    expect(codes.length).toBe(8)
  })

  it('says when to come back', () => {
    const limited = toErrorResponse(new RateLimitError('rate_limited', 12.2))
    expect(limited?.status).toBe(429)
    expect(limited?.headers).toMatchObject({ 'retry-after': '13', ratelimit: '"default";r=0;t=13' })
    const status = { policy: 'burst', limit: 100, windowSeconds: 60, remaining: 0, resetAfterSeconds: 60 }
    expect(toErrorResponse(new RateLimitError('rate_limited', 0.6, status))?.headers).toMatchObject({
      'retry-after': '1',
      ratelimit: '"burst";r=0;t=1',
      'ratelimit-policy': '"burst";q=100;w=60',
    })
    expect(toErrorResponse(new RateLimitError('hashing_overloaded', 1))?.headers).toEqual({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'retry-after': '1',
    })
    const down = toErrorResponse(new StoreError('store_unavailable', { cause: new Error('10.0.0.7') }))
    expect(down?.status).toBe(503)
    expect(down?.headers).toMatchObject({ 'retry-after': '5' })
    expect(JSON.stringify(down)).not.toContain('10.0.0.7')
  })

  it.each([
    ['a ConfigError', new ConfigError('config_invalid', [{ path: 'a', message: 'b' }])],
    ['an error of somebody else', new TypeError('x')],
    ['something thrown that is no error', 'x'],
    ['nothing', undefined],
    ['a code of a newer core', new AnyAuthError('token_too_new')],
    ['a code that every object inherits', new AnyAuthError('constructor')],
  ])('leaves %s to the framework', (_, error) => {
    expect(toErrorResponse(error)).toBeUndefined()
    expect(toTokenErrorResponse(error)).toBeUndefined()
  })

  it('writes a detail into a header only as plain text', () => {
    const error = new InvalidTokenError('token_expired', { detail: 'a"b\\c\r\nSet-Cookie: d=e\0é🙂' })
    expect(toErrorResponse(error)?.headers['www-authenticate']).toBe(
      `Bearer realm="api", error="invalid_token", error_description="a'b'c Set-Cookie: d=e "`,
    )
  })
})

describe('toTokenErrorResponse', () => {
  it('asks a client to authenticate (RFC 6749 section 5.2)', () => {
    const error = new InvalidClientError('client_authentication_failed')
    const challenge = { 'www-authenticate': 'Basic realm="api", charset="UTF-8"' }
    expect(toTokenErrorResponse(error)).toMatchObject({ status: 401, headers: challenge })
    expect(bodyOf(toTokenErrorResponse(error))).toMatchObject({ error: 'invalid_client' })
    expect(toErrorResponse(error)).toMatchObject({ status: 401, headers: challenge })
  })

  it('names where the metadata of the resource is in every challenge (RFC 9728 section 5.1)', () => {
    const resourceMetadata = 'https://api.example.com/.well-known/oauth-protected-resource'
    for (const code of AUTH_ERROR_CODES) {
      const response = toErrorResponse(new AnyAuthError(code), { resourceMetadata })
      const challenge = response?.headers['www-authenticate']
      if (String(challenge).startsWith('Bearer'))
        expect(challenge).toContain(`resource_metadata="${resourceMetadata}"`)
    }
    const bare = toErrorResponse(new InvalidRequestError('credentials_missing'), { resourceMetadata })
    expect(bare?.headers['www-authenticate']).toBe(
      `Bearer realm="api", resource_metadata="${resourceMetadata}"`,
    )
  })

  it.each<[AuthError, number, string]>([
    [new InvalidGrantError('refresh_token_reused'), 400, 'invalid_grant'],
    [new InvalidGrantError('session_expired'), 400, 'invalid_grant'],
    [new InvalidGrantError('session_not_found'), 400, 'invalid_grant'],
    [new InvalidRequestError('scope_exceeds_grant'), 400, 'invalid_scope'],
    [new InvalidRequestError('scope_unknown'), 400, 'invalid_scope'],
    [new InvalidRequestError('grant_type_unsupported'), 400, 'unsupported_grant_type'],
    [new InvalidRequestError('credentials_missing'), 400, 'invalid_request'],
    [new InvalidRequestError('request_body_malformed'), 400, 'invalid_request'],
    [new InvalidRequestError('request_body_too_large'), 413, 'invalid_request'],
    [new InvalidRequestError('cross_site_request'), 403, 'invalid_request'],
    [new RateLimitError('rate_limited', 3), 429, 'temporarily_unavailable'],
    [new StoreError('store_unavailable'), 503, 'temporarily_unavailable'],
  ])('answers %o', (error, status, tokenError) => {
    const response = toTokenErrorResponse(error)
    expect(response).toMatchObject({
      status,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    })
    expect(bodyOf(response)).toEqual({
      error: tokenError,
      error_description: error.message,
      code: error.code,
    })
  })
})
