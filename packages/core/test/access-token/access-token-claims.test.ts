import { describe, expect, it } from 'vitest'
import { parseClaimsSet, readNotBefore, toClaims } from '../../src/access-token/access-token-claims.js'
import { validateClaims } from '../../src/access-token/private-claims.js'
import { InvalidTokenError } from '../../src/errors.js'
import type { JsonObject } from '../../src/json.js'

const least: JsonObject = { iss: 'i', sub: 's', aud: 'a', jti: 'j', iat: 1, exp: 2 }
const LATEST = 8_640_000_000_000

function codeOf(claims: JsonObject): string {
  try {
    parseClaimsSet(claims)
    return 'accepted'
  } catch (error) {
    return error instanceof InvalidTokenError ? error.code : 'other'
  }
}

it('takes no claim from Object.prototype', () => {
  const inherited = ['client_id', 'sid', 'scope', 'acr', 'nbf', 'auth_time'] as const
  for (const name of inherited) {
    Object.defineProperty(Object.prototype, name, { value: 'inherited', configurable: true })
  }
  try {
    expect(codeOf(least)).toBe('accepted')
    expect(Object.values(parseClaimsSet(least))).not.toContain('inherited')
  } finally {
    for (const name of inherited) Reflect.deleteProperty(Object.prototype, name)
  }
})

describe('writing claims', () => {
  const frame = { issuer: 'i', audience: ['a'], tokenId: 'j', issuedAt: 1_250, expiresAt: 2000 }

  it('leaves out what was not granted', () => {
    const grant = { subject: 's', scope: [], roles: [], claims: {} }
    const written = { iss: 'i', sub: 's', client_id: 'i', jti: 'j', iat: 1, iat_ms: 1250, exp: 2 }
    expect(toClaims(grant, frame)).toStrictEqual({ ...written, aud: 'a' })
    for (const audience of [[], ['a', 'b']]) {
      expect(toClaims(grant, { ...frame, audience })).toStrictEqual({ ...written, aud: audience })
    }
  })

  it('writes what was granted', () => {
    const confirmation = { jkt: 'x' }
    const grant = {
      subject: 's',
      scope: ['a', 'b'],
      roles: ['r'],
      claims: { plan: 'pro', sub: 'another' },
      clientId: 'c',
      authenticatedAt: 1_999,
      amr: ['pwd'],
      acr: 'aal1',
      confirmation,
    }
    expect(toClaims(grant, { ...frame, sessionId: 'sid' })).toEqual({
      iss: 'i',
      sub: 's',
      aud: 'a',
      client_id: 'c',
      jti: 'j',
      iat: 1,
      iat_ms: 1250,
      exp: 2,
      sid: 'sid',
      scope: 'a b',
      roles: ['r'],
      auth_time: 1,
      amr: ['pwd'],
      acr: 'aal1',
      cnf: confirmation,
      plan: 'pro',
    })
  })
})

describe('reading claims', () => {
  const read = {
    method: 'access_token',
    subject: 's',
    issuer: 'i',
    audience: ['a'],
    tokenId: 'j',
    issuedAt: 1000,
    expiresAt: 2000,
    scope: [],
    roles: [],
    claims: {},
  }

  it('gives nothing that the token does not say', () => {
    expect(parseClaimsSet(least)).toStrictEqual(read)
    expect(readNotBefore(least)).toBeUndefined()
  })

  it('gives all that it says', () => {
    const claims = {
      ...least,
      aud: ['a', 'b'],
      client_id: 'c',
      sid: 'sid',
      auth_time: 1,
      amr: ['pwd'],
      acr: 'aal1',
      cnf: { jkt: 'x', 'x5t#S256': 'y' },
      scope: ' a  b ',
      roles: ['r'],
      iat_ms: 1999,
      nbf: 1.5,
      plan: 'pro',
    }
    expect(parseClaimsSet(claims)).toStrictEqual({
      ...read,
      audience: ['a', 'b'],
      issuedAt: 1999,
      scope: ['a', 'b'],
      roles: ['r'],
      clientId: 'c',
      sessionId: 'sid',
      authenticatedAt: 1000,
      amr: ['pwd'],
      acr: 'aal1',
      confirmation: { jkt: 'x', 'x5t#S256': 'y' },
      claims: { plan: 'pro' },
    })
    expect(readNotBefore(claims)).toBe(1500)
  })

  it('takes a scope as a list as it stands', () => {
    expect(parseClaimsSet({ ...least, scope: ['a', 'b c'] }).scope).toEqual(['a', 'b c'])
    expect(parseClaimsSet({ ...least, scope: '' }).scope).toEqual([])
  })

  it.each(['iss', 'sub', 'aud', 'jti', 'iat', 'exp'])('says that %s is missing', name => {
    const { [name]: _, ...rest } = least
    expect(() => parseClaimsSet(rest)).toThrow(
      expect.objectContaining({
        code: 'token_claim_missing',
        message: `The access token lacks the claim ${name}.`,
      }),
    )
  })

  it.each([
    ['iss', ''],
    ['iss', null],
    ['aud', ['a', '']],
    ['aud', ['a', 1]],
    ['aud', ''],
    ['client_id', 1],
    ['sid', ''],
    ['auth_time', -1],
    ['amr', 'pwd'],
    ['amr', ['pwd', 1]],
    ['acr', 1],
    ['acr', ''],
    ['cnf', null],
    ['cnf', []],
    ['cnf', ['x']],
    ['cnf', 1],
    ['cnf', 'jkt'],
    ['cnf', {}],
    ['cnf', { jkt: '' }],
    ['cnf', { jkt: ['x'] }],
    ['cnf', { jkt: 'x', jwk: {} }],
    ['cnf', { jkt: 'x', 'x5t#S256': 1 }],
    ['scope', 1],
    ['scope', ['a', 1]],
    ['roles', ['r', '']],
    ['exp', LATEST + 1],
    ['iat_ms', 1.5],
    ['iat_ms', '1000'],
  ])('says that %s is invalid when it is %j', (name, value) => {
    expect(() => parseClaimsSet({ ...least, [name]: value })).toThrow(
      expect.objectContaining({
        code: 'token_claim_invalid',
        message: `The claim ${name} of the access token is invalid.`,
      }),
    )
  })

  it('takes dates from the first instant to the last that a Date can show', () => {
    expect(codeOf({ ...least, iat: 0 })).toBe('accepted')
    expect(codeOf({ ...least, exp: LATEST })).toBe('accepted')
    expect(codeOf({ ...least, iat_ms: 999 })).toBe('token_claim_invalid')
    expect(codeOf({ ...least, iat_ms: 2000 })).toBe('token_claim_invalid')
  })
})

describe('private claims', () => {
  it.each([
    'iss',
    'sub',
    'aud',
    'exp',
    'nbf',
    'iat',
    'iat_ms',
    'jti',
    'client_id',
    'sid',
    'scope',
    'roles',
    'auth_time',
    'amr',
    'acr',
    'cnf',
    'typ',
    'alg',
    'nonce',
    'act',
    'may_act',
    '__proto__',
    'constructor',
    'prototype',
  ])('cannot be called %s', async name => {
    await expect(validateClaims(JSON.parse(`{"${name}":1}`), undefined)).rejects.toMatchObject({
      code: 'claims_reserved',
      message: `The claim ${name} is reserved for the issuer.`,
    })
  })

  it.each([
    'passwd',
    'passphrase',
    'passcode',
    'pwd',
    'secret',
    'secrets',
    'credential',
    'credentials',
    'private_key',
    'privateKey',
    'apikey',
    'api_key',
    'userApiKey',
    'access_token',
    'sessiontoken',
    'bearer-token',
    'creditcard',
    'card_no',
    'card_pan',
    'pan',
    'cvv',
    'cvv2',
    'cvc',
    'cvc2',
    'iban',
    'social_security',
    'social security number',
    'pin',
    'otp',
    'totp',
    'recovery_code',
    'recoverycodes',
    'password_hash',
    'secretHash',
    'a--pin--b',
    'credit -- card',
    'user1Password',
  ])('cannot hold what is called %s, at any depth', async name => {
    for (const claims of [{ [name]: 1 }, { a: [{ b: { [name]: null } }] }]) {
      await expect(validateClaims(claims, undefined)).rejects.toMatchObject({ code: 'claims_sensitive' })
    }
  })

  it.each(['spin', 'pinned', 'USERNAME', 'p.in', 'pass_word_count', 'card', 'hash', 'panel', 'token'])(
    'can hold what is called %s',
    async name => {
      await expect(validateClaims({ [name]: null }, undefined)).resolves.toEqual({ [name]: null })
    },
  )

  it('say how long they may be', async () => {
    await expect(validateClaims({ a: 'x'.repeat(4096 - 8) }, undefined)).resolves.toBeDefined()
    await expect(validateClaims({ a: 'x'.repeat(4096 - 7) }, undefined)).rejects.toMatchObject({
      code: 'claims_invalid',
      message: 'claims must be a plain JSON object of at most 4096 characters.',
    })
  })
})
