import { ConfigError } from '@authcore/core'
import { describe, expect, it } from 'vitest'
import { type AuthPolicy, type MethodRequirement, parsePolicy } from '../src/index.js'
import { withEveryMethod } from './every-method.js'
import { createFixture } from './fixture.js'

const { verifiers } = withEveryMethod(createFixture().auth)

const problemsOf = (methods: unknown) => {
  try {
    parsePolicy({ methods } as AuthPolicy, verifiers)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path }) => path.replace('policy.', ''))
    throw error
  }
  return []
}

/** `methods` under so many lists. */
function nested(depth: number, innermost: MethodRequirement = 'api_key'): readonly MethodRequirement[] {
  return depth === 1 ? [innermost] : [{ anyOf: nested(depth - 1, innermost) }]
}

describe('the grammar of methods', () => {
  it.each<[MethodRequirement[]]>([
    [['access_token', { allOf: ['api_key', 'client_certificate'] }]],
    [[{ anyOf: ['access_token', 'opaque_token'] }]],
    [[{ allOf: [{ anyOf: ['access_token', 'opaque_token'] }, 'client_certificate'] }]],
    [[{ allOf: ['access_token', 'api_key'] }, { allOf: ['access_token', 'client_certificate'] }]],
  ])('takes %j', methods => {
    expect(problemsOf(methods)).toEqual([])
  })

  it.each<[string, unknown, readonly string[]]>([
    ['an empty all-of, which anybody would satisfy', [{ allOf: [] }], ['methods.0.allOf']],
    ['an empty any-of', ['api_key', { anyOf: [] }], ['methods.1.anyOf']],
    ['both in one', [{ anyOf: ['api_key'], allOf: ['access_token'] }], ['methods.0']],
    ['neither', [{}], ['methods.0']],
    ['another name', [{ oneOf: ['api_key'] }], ['methods.0']],
    ['a list without a name', [['api_key']], ['methods.0']],
    ['no list', [{ allOf: 'api_key' }], ['methods.0.allOf']],
    ['an unknown method inside', [{ allOf: ['api_key', 'api_keys'] }], ['methods.0.allOf.1']],
    ['a method twice in one list', [{ allOf: ['api_key', 'api_key'] }], ['methods.0.allOf.1']],
    ['what inherits its members', [Object.create({ allOf: ['api_key'] })], ['methods.0']],
    ['a hole', [{ anyOf: new Array(2).fill('api_key', 1) }], ['methods.0.anyOf.0']],
    [
      'every problem at once',
      ['x', { allOf: ['y', { anyOf: [] }] }],
      ['methods.0', 'methods.1.allOf.0', 'methods.1.allOf.1.anyOf'],
    ],
  ])('refuses %s', (_, methods, paths) => {
    expect(problemsOf(methods)).toEqual(paths)
  })

  it('goes four lists deep', () => {
    expect(problemsOf(nested(4))).toEqual([])
    expect(problemsOf(nested(5))).toEqual(['methods.0.anyOf.0.anyOf.0.anyOf.0'])
  })

  it('ends with a value that holds itself, and with a long one', () => {
    const cycle: { anyOf: unknown[] } = { anyOf: [] }
    cycle.anyOf.push(cycle)
    expect(problemsOf([cycle])).toEqual(['methods.0.anyOf.0.anyOf.0.anyOf.0'])
    expect(problemsOf(new Array(1e6).fill('api_key'))).toEqual(['methods'])
    const wide = Array.from({ length: 7 }, () => ({
      allOf: ['api_key', 'access_token', 'opaque_token', 'client_certificate'],
    }))
    expect(problemsOf(wide)).toEqual(['methods'])
    expect(problemsOf(wide.slice(1))).toEqual([])
  })

  it('names the verifier that is missing inside', () => {
    const { auth } = createFixture()
    expect(() => parsePolicy({ methods: [{ allOf: ['api_key', 'opaque_token'] }] }, auth)).toThrow(
      'policy.methods.0.allOf.1: needs `opaqueTokens`',
    )
  })

  it('freezes copies that inherit nothing', () => {
    const allOf: MethodRequirement[] = ['access_token', 'api_key']
    const { methods } = parsePolicy({ methods: [{ allOf }] }, verifiers)
    allOf.pop()
    const [alternative] = methods
    expect(alternative).toEqual({ allOf: ['access_token', 'api_key'] })
    expect(Object.getPrototypeOf(alternative)).toBe(null)
    expect(Object.isFrozen(alternative) && Object.isFrozen(Reflect.get(Object(alternative), 'allOf'))).toBe(
      true,
    )
  })

  it('takes no alternative from Object.prototype', () => {
    Object.defineProperty(Object.prototype, 'anyOf', { value: ['api_key'], configurable: true })
    let methods: unknown
    try {
      methods = JSON.stringify(
        parsePolicy({ methods: [{ allOf: ['access_token', 'client_certificate'] }] }, verifiers).methods,
      )
    } finally {
      Reflect.deleteProperty(Object.prototype, 'anyOf')
    }
    expect(methods).toBe('[{"allOf":["access_token","client_certificate"]}]')
  })
})
