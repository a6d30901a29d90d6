import { ConfigError } from '@authcore/core'
import { describe, expect, it } from 'vitest'
import { type AuthPolicy, authenticateRequest, parsePolicy } from '../src/index.js'
import { codeOf, createFixture, request } from './fixture.js'

const { auth } = createFixture()

const problemsOf = (policy: unknown, verifiers: Parameters<typeof parsePolicy>[1] = auth) => {
  try {
    parsePolicy(policy as AuthPolicy, verifiers)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path }) => path)
    throw error
  }
  return []
}

describe('parsePolicy', () => {
  it('freezes a copy', () => {
    const methods: AuthPolicy['methods'][number][] = ['access_token']
    const policy = parsePolicy(
      { methods, scope: ['a'], roles: ['b'], optional: true, maxAgeSeconds: 0 },
      auth,
    )
    methods.push('api_key')
    expect(policy).toMatchObject({ methods: ['access_token'], scope: ['a'], roles: ['b'], maxAgeSeconds: 0 })
    for (const value of [policy, policy.methods, policy.scope, policy.roles]) {
      expect(Object.isFrozen(value)).toBe(true)
    }
  })

  it('lists every problem of a policy', () => {
    const policy = {
      methods: ['session', 'access_token', 'access_token', 7],
      optional: 'yes',
      scope: ['a b'],
      roles: [''],
      maxAgeSeconds: -1,
      role: ['admin'],
    }
    expect(problemsOf(policy)).toEqual([
      'policy.role',
      'policy.methods.0',
      'policy.methods.2',
      'policy.methods.3',
      'policy.optional',
      'policy.scope',
      'policy.roles',
      'policy.maxAgeSeconds',
    ])
  })

  it.each([
    [7, 'policy', "must be an object such as { methods: ['access_token'] }"],
    [{ methods: ['access_token'], optional: 1 }, 'policy.optional', 'must be true or false'],
    [
      { methods: ['access_token'], scope: ['a', 'a b'] },
      'policy.scope',
      'must be an array of scopes without',
    ],
    [
      { methods: ['access_token'], roles: ['a', ''] },
      'policy.roles',
      'must be an array of non-empty strings',
    ],
    [{ methods: ['access_token'], roles: 'a' }, 'policy.roles', 'must be an array of non-empty strings'],
    [{ methods: ['access_token'], roles: [7] }, 'policy.roles', 'must be an array of non-empty strings'],
    [
      { methods: ['access_token'], maxAgeSeconds: -1 },
      'policy.maxAgeSeconds',
      'must be a whole number of seconds',
    ],
    [
      { methods: ['access_token'], role: 1 },
      'policy.role',
      'is not known; known are methods, optional, scope, roles',
    ],
  ])('says of %j what is wrong', (policy, path, message) => {
    expect(() => parsePolicy(policy as AuthPolicy, auth)).toThrow(
      expect.objectContaining({
        code: 'config_invalid',
        problems: [{ path, message: expect.stringContaining(message) }],
      }),
    )
  })

  it('has no member for what a policy leaves out', () => {
    expect(Object.keys(parsePolicy({ methods: ['access_token'] }, auth))).toEqual(['methods'])
  })

  it.each([undefined, null, 'access_token', 7])('refuses %s', policy => {
    expect(problemsOf(policy)).toEqual(['policy'])
  })

  it.each([undefined, [], 'access_token', {}])('refuses the methods %s', methods => {
    expect(problemsOf({ methods })).toEqual(['policy.methods'])
  })

  it.each([
    'sessions',
    'toString',
    '__proto__',
    'Access_token',
    ' access_token',
    '',
    null,
    [],
    ['access_token'],
  ])('knows no method %j', method => {
    expect(problemsOf({ methods: [method] })).toEqual(['policy.methods.0'])
  })

  it.each([
    ['opaque_token', 'opaqueTokens'],
    ['client_certificate', 'clientCertificates'],
  ])('says what the method %s needs', (method, verifier) => {
    expect(() => parsePolicy({ methods: [method] } as AuthPolicy, auth)).toThrow(
      `policy.methods.0: needs \`${verifier}\``,
    )
  })

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, '60', null])(
    'refuses a maximum age of %s',
    maxAgeSeconds => {
      expect(problemsOf({ methods: ['access_token'], maxAgeSeconds })).toEqual(['policy.maxAgeSeconds'])
    },
  )

  it.each(['read', [7], ['"'], [''], ['a\n'], {}])('refuses the scope %j', scope => {
    expect(problemsOf({ methods: ['access_token'], scope })).toEqual(['policy.scope'])
  })

  it('refuses a method that the deployment cannot verify', () => {
    expect(problemsOf({ methods: ['access_token', 'api_key'] }, { accessTokens: auth.accessTokens })).toEqual(
      ['policy.methods.1'],
    )
  })

  it('takes nothing that a policy leaves out from Object.prototype', async () => {
    let read: object | undefined
    let code: string | undefined
    const polluted = { optional: true, scope: ['admin'], roles: ['admin'], maxAgeSeconds: 0, extra: 1 }
    for (const [name, value] of Object.entries(polluted)) {
      Object.defineProperty(Object.prototype, name, {
        value,
        configurable: true,
        enumerable: true,
        writable: true,
      })
    }
    try {
      const policy = parsePolicy({ methods: ['access_token'] }, auth)
      const { optional, scope, roles, maxAgeSeconds } = policy
      read = { optional, scope, roles, maxAgeSeconds }
      code = await codeOf(authenticateRequest(auth, request(), { methods: ['access_token'] }))
    } finally {
      for (const name of Object.keys(polluted)) Reflect.deleteProperty(Object.prototype, name)
    }
    expect(read).toEqual({})
    expect(code).toBe('credentials_missing')
  })
})
