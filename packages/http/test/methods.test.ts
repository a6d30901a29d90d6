import { ConfigError } from '@authcore/core'
import { describe, expect, it } from 'vitest'
import {
  type AuthPolicy,
  type AuthRequest,
  authenticateRequest,
  type CredentialVerifiers,
  type PolicyMethod,
  parsePolicy,
} from '../src/index.js'
import { withEveryMethod } from './every-method.js'
import { createFixture, request } from './fixture.js'

const { auth } = createFixture()
const { verifiers } = withEveryMethod(auth)
const KNOWN = "'access_token', ('[a-z_]+', )*'[a-z_]+'"

/** The problems of one list of methods. */
function problemsOf(methods: unknown): unknown {
  try {
    parsePolicy({ methods } as AuthPolicy, verifiers)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('what is wrong with the methods of a policy', () => {
  const nested = { anyOf: [{ anyOf: [{ anyOf: [{ anyOf: ['api_key'] }] }] }] }

  it.each([
    [[], 'policy.methods', new RegExp(`^must be an array that names at least one of ${KNOWN}$`)],
    [
      [7],
      'policy.methods.0',
      new RegExp(`^must be one of ${KNOWN}, or { anyOf: \\[...\\] }, or { allOf: \\[...\\] }$`),
    ],
    [['api_key', 'api_key'], 'policy.methods.1', 'is listed twice'],
    [[nested], 'policy.methods.0.anyOf.0.anyOf.0.anyOf.0', 'must not stand deeper than 4 lists'],
    [Array(33).fill('api_key'), 'policy.methods', 'must not hold more than 32 entries in all'],
    [
      [{ anyOf: Array(16).fill('api_key') }, { anyOf: Array(15).fill('api_key') }],
      'policy.methods',
      'must not hold more than 32 entries in all',
    ],
  ])('is said: %j', (methods, path, message) => {
    expect(problemsOf(methods)).toEqual([{ path, message: expect.stringMatching(message) }])
  })

  it('is told once of an entry that is wrong in two ways', () => {
    expect(problemsOf([7, 7])).toEqual([
      expect.objectContaining({ path: 'policy.methods.0' }),
      { path: 'policy.methods.1', message: expect.stringMatching(/^must be one of/) },
    ])
  })

  it('is not their number up to 32', () => {
    // five entries each: the object, its two methods, and the inner object with its one
    const entry = { anyOf: ['api_key', 'access_token', { allOf: ['opaque_token'] }] }
    const six = Array.from({ length: 6 }, () => ({ ...entry }))
    expect(problemsOf([...six, 'api_key', 'access_token'])).toEqual([])
    expect(problemsOf([...six, 'api_key', 'access_token', 'opaque_token'])).toEqual([
      { path: 'policy.methods', message: 'must not hold more than 32 entries in all' },
    ])
  })
})

describe('a method', () => {
  const certificate = (length: number): AuthRequest => ({
    ...request(),
    clientCertificate: new Uint8Array(length).fill(0x30),
  })

  it.each<[PolicyMethod, keyof CredentialVerifiers, AuthRequest]>([
    ['access_token', 'accessTokens', request({ authorization: 'Bearer a' })],
    ['api_key', 'apiKeys', request({ 'x-api-key': 'sk_x' })],
    ['client_certificate', 'clientCertificates', certificate(1)],
  ])('%s says that %s is gone, when it was there while wiring', async (method, path, carrying) => {
    const policy = parsePolicy({ methods: [method] }, verifiers)
    await expect(authenticateRequest({}, carrying, policy)).rejects.toMatchObject({
      name: 'ConfigError',
      problems: [{ path, message: 'is needed by the policy' }],
    })
  })

  it.each<PolicyMethod>(['opaque_token', 'api_key'])(
    '%s claims no bearer token without its verifier: it is an access token',
    async method => {
      const policy = parsePolicy({ methods: [method, 'access_token'] }, verifiers)
      const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
      const carrying = request({ authorization: `Bearer ${accessToken}` })
      const { accessTokens } = verifiers
      const tokensOnly = accessTokens === undefined ? {} : { accessTokens }
      await expect(authenticateRequest(tokensOnly, carrying, policy)).resolves.toMatchObject({
        method: 'access_token',
      })
    },
  )

  it('client_certificate takes 16,384 bytes, and neither more nor none', async () => {
    const policy = { methods: ['client_certificate'] } as const
    await expect(authenticateRequest(verifiers, certificate(16_384), policy)).resolves.toBeDefined()
    for (const length of [0, 16_385]) {
      await expect(authenticateRequest(verifiers, certificate(length), policy)).rejects.toMatchObject({
        code: 'credentials_malformed',
      })
    }
  })

  it.each<[PolicyMethod, AuthRequest]>([
    ['api_key', request({ 'x-api-key': 'sk_x' })],
    ['client_certificate', certificate(1)],
  ])('%s demands a scope of its verifier only where the policy does', async (method, carrying) => {
    const asked: object[] = []
    const verify = async (_: unknown, options: object = {}) => {
      asked.push(options)
      throw new TypeError('asked')
    }
    const asking: CredentialVerifiers = {
      apiKeys: { isApiKey: () => true, verify },
      clientCertificates: { verify },
    }
    for (const policy of [{ methods: [method] }, { methods: [method], scope: ['read'] }]) {
      await expect(authenticateRequest(asking, carrying, policy)).rejects.toThrow('asked')
    }
    expect(asked).toStrictEqual([{}, { scope: ['read'] }])
  })
})
