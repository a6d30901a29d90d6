import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AuthPolicy,
  type AuthRequest,
  authenticateRequest,
  guardRequest,
  type MethodRequirement,
  type PolicyMethod,
} from '../src/index.js'
import { merge, withEveryMethod } from './every-method.js'
import { codeOf, createFixture } from './fixture.js'

const { verifiers, credential, takeCalls } = withEveryMethod(createFixture().auth)

const TOKEN = await credential('access_token', true)
const KEY = await credential('api_key', true)
const CERTIFICATE = await credential('client_certificate', true)
const OPAQUE = await credential('opaque_token', true)

const pass = async (request: AuthRequest, policy: AuthPolicy) => {
  const guarded = await guardRequest(verifiers, request, policy)
  if (guarded.outcome === 'answered') throw new Error(guarded.response.body)
  return guarded.principals.map(({ method }) => method)
}

const refusal = (request: AuthRequest, policy: AuthPolicy) =>
  codeOf(authenticateRequest(verifiers, request, policy))

describe('all of several methods', () => {
  const BOTH: AuthPolicy = { methods: [{ allOf: ['access_token', 'client_certificate'] }] }

  it('pass together, and the first one says who is calling', async () => {
    const guarded = await guardRequest(verifiers, merge(TOKEN, CERTIFICATE), BOTH)
    expect(guarded).toMatchObject({
      outcome: 'passed',
      principal: { method: 'access_token', subject: 'user-1' },
      principals: [{ subject: 'user-1' }, { method: 'client_certificate', subject: 'service-1' }],
    })
    expect(guarded.outcome === 'passed' && Object.isFrozen(guarded.principals)).toBe(true)
  })

  it.each([
    ['the first', TOKEN],
    ['the second', CERTIFICATE],
    ['none', {}],
  ])('are missing when the request carries only %s, without asking anybody', async (_, part) => {
    takeCalls()
    expect(await refusal(merge(part), BOTH)).toBe('credentials_missing')
    expect(takeCalls()).toEqual([])
  })

  it('give way to the next alternative', async () => {
    const policy: AuthPolicy = { methods: [...BOTH.methods, 'access_token'] }
    expect(await pass(merge(TOKEN), policy)).toEqual(['access_token'])
    expect(await pass(merge(TOKEN, CERTIFICATE), policy)).toEqual(['access_token', 'client_certificate'])
  })

  it('are refused when one is bad, whichever it is', async () => {
    const badToken = await credential('access_token', false)
    const badCertificate = await credential('client_certificate', false)
    expect(await refusal(merge(badToken, CERTIFICATE), BOTH)).toBe('token_malformed')
    expect(await refusal(merge(TOKEN, badCertificate), BOTH)).toBe('token_binding_mismatch')
  })

  it('demand scope and roles of whoever is calling alone', async () => {
    const methods = [{ allOf: ['client_certificate', 'access_token'] }] as const
    expect(await pass(merge(TOKEN, CERTIFICATE), { methods, scope: ['read'] })).toHaveLength(2)
    expect(await refusal(merge(TOKEN, CERTIFICATE), { methods, scope: ['write'] })).toBe('insufficient_scope')
    expect(await refusal(merge(TOKEN, CERTIFICATE), { methods, roles: ['admin'] })).toBe('insufficient_role')
  })
})

describe('any of several methods inside all of several', () => {
  const policy: AuthPolicy = {
    methods: [{ allOf: [{ anyOf: ['opaque_token', 'access_token'] }, 'client_certificate'] }, 'api_key'],
  }

  it.each([
    ['an opaque token', OPAQUE, ['opaque_token', 'client_certificate']],
    ['an access token', TOKEN, ['access_token', 'client_certificate']],
  ])('passes with %s', async (_, part, methods) => {
    expect(await pass(merge(part, CERTIFICATE), policy)).toEqual(methods)
  })

  it('verifies what the chosen alternative does not need', async () => {
    expect(await pass(merge(TOKEN, CERTIFICATE, KEY), policy)).toEqual([
      'access_token',
      'client_certificate',
      'api_key',
    ])
    const badKey = await credential('api_key', false)
    expect(await refusal(merge(TOKEN, CERTIFICATE, badKey), policy)).toBe('api_key_malformed')
  })
})

describe('an optional policy', () => {
  const policy: AuthPolicy = { optional: true, methods: [{ allOf: ['access_token', 'client_certificate'] }] }

  it('lets an incomplete alternative pass as nobody', async () => {
    const guarded = await guardRequest(verifiers, merge(CERTIFICATE), policy)
    expect(guarded).toMatchObject({ outcome: 'passed', principal: undefined, principals: [] })
  })

  it('refuses an incomplete alternative with a bad credential', async () => {
    const bad = await credential('client_certificate', false)
    expect(await refusal(merge(bad), policy)).toBe('token_binding_mismatch')
  })
})

describe('the methods', () => {
  it.each([
    ['client_certificate', CERTIFICATE],
    ['api_key', KEY],
  ] as const)('%s proves no login', async (method, part) => {
    expect(await refusal(merge(part), { methods: [method], maxAgeSeconds: 60 })).toBe(
      'authentication_too_old',
    )
  })

  it('opaque_token leaves other bearer tokens alone, and has its own left alone', async () => {
    expect(await refusal(merge(TOKEN), { methods: ['opaque_token'] })).toBe('credentials_missing')
    expect(await refusal(merge(OPAQUE), { methods: ['access_token'] })).toBe('token_malformed')
    expect(await pass(merge(OPAQUE), { methods: ['access_token', 'opaque_token'] })).toEqual(['opaque_token'])
    expect(await pass(merge(TOKEN), { methods: ['opaque_token', 'access_token'] })).toEqual(['access_token'])
  })

  it.each([
    ['text', 'MIIB'],
    ['no bytes', new Uint8Array()],
    ['too many bytes', new Uint8Array(16_385)],
    ['a list', [0x30]],
    ['null', null],
  ])('client_certificate refuses %s', async (_, clientCertificate) => {
    const request: unknown = { ...merge(), clientCertificate }
    // adapters promise bytes; a broken one must be refused and not crash
    expect(await refusal(request as AuthRequest, { methods: ['client_certificate'] })).toBe(
      'credentials_malformed',
    )
  })
})

const METHODS: readonly PolicyMethod[] = [
  'access_token',
  'api_key',
  'session',
  'client_certificate',
  'opaque_token',
]
const KINDS = ['absent', 'good', 'bad'] as const

const { requirement } = fc.letrec<{ requirement: MethodRequirement; list: readonly MethodRequirement[] }>(
  tie => ({
    list: fc.uniqueArray(tie('requirement'), {
      minLength: 1,
      maxLength: 3,
      selector: entry => JSON.stringify(entry),
    }),
    requirement: fc.oneof(
      { maxDepth: 2, depthSize: 'small' },
      fc.constantFrom(...METHODS),
      tie('list').map(anyOf => ({ anyOf })),
      tie('list').map(allOf => ({ allOf })),
    ),
  }),
)

/** Every choice of methods that satisfies a requirement, in order of preference: the meaning, spelt out. */
function choices(entry: MethodRequirement): readonly (readonly PolicyMethod[])[] {
  if (typeof entry === 'string') return [[entry]]
  if ('anyOf' in entry) return entry.anyOf.flatMap(choices)
  return entry.allOf.reduce<readonly (readonly PolicyMethod[])[]>(
    (sum, member) => sum.flatMap(head => choices(member).map(tail => [...head, ...tail])),
    [[]],
  )
}

it('means for any policy and any request what the grammar says', async () => {
  const parts = new Map<string, Partial<AuthRequest>>()
  for (const method of METHODS) {
    for (const kind of KINDS) {
      parts.set(`${method} ${kind}`, kind === 'absent' ? {} : await credential(method, kind === 'good'))
    }
  }
  const state = fc.constantFrom(...KINDS)
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(requirement, { minLength: 1, maxLength: 3, selector: entry => JSON.stringify(entry) }),
      fc.record({
        bearer: fc.constantFrom('access_token', 'opaque_token'),
        sent: state,
        api_key: state,
        session: state,
        client_certificate: state,
      }),
      fc.boolean(),
      async (methods, { bearer, sent, ...others }, optional) => {
        const kinds = new Map(Object.entries({ [bearer]: sent, ...others }))
        const request = merge(...Array.from(kinds, ([method, kind]) => parts.get(`${method} ${kind}`) ?? {}))
        const named = new Set(methods.flatMap(choices).flat())
        // an opaque token where none is accepted stands in the place of an access token
        if (bearer === 'opaque_token' && sent !== 'absent' && !named.has('opaque_token'))
          kinds.set('access_token', 'bad')
        const isThere = (method: PolicyMethod) => (kinds.get(method) ?? 'absent') !== 'absent'
        const chosen = methods.flatMap(choices).find(choice => choice.every(isThere))
        const isBad = [...named].some(method => kinds.get(method) === 'bad')

        const guarded = await guardRequest(verifiers, request, { methods, optional })
        const isRefused = isBad || (chosen === undefined && !optional)
        expect(guarded.outcome).toBe(isRefused ? 'answered' : 'passed')
        if (guarded.outcome === 'answered') {
          expect(guarded.response.status).toBe(401)
          if (chosen === undefined && !optional)
            expect(guarded.response.body).toContain('credentials_missing')
          return
        }
        expect(guarded.principal?.method).toBe(chosen?.[0])
        const expected = chosen === undefined ? [] : [...new Set([...chosen, ...[...named].filter(isThere)])]
        expect(guarded.principals.map(({ method }) => method).slice(0, new Set(chosen).size)).toEqual([
          ...new Set(chosen),
        ])
        expect(new Set(guarded.principals.map(({ method }) => method))).toEqual(new Set(expected))
      },
    ),
    { numRuns: 500 },
  )
})
