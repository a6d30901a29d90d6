import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderCommonPasswords } from '../../scripts/generate-common-passwords.mjs'
import { createPasswordPolicy, type FindBreach } from '../../src/index.js'
import { readCommonPasswords } from '../../src/policy/common-passwords.js'

const GOOD = 'correct horse battery staple'
const policy = createPasswordPolicy({ contextWords: ['Example Shop'] })
const codeOf = async (password: unknown, options = {}) =>
  policy.check(password as string, options).then(
    () => 'accepted',
    error => error.code,
  )

describe('length', () => {
  // covers ASVS-6.2.1
  it('is 15 alone and 8 with a second factor, in code points', async () => {
    expect(await codeOf('fourteen chars')).toBe('password_too_short')
    expect(await codeOf('fifteen chars x')).toBe('accepted')
    expect(await codeOf('vN4#qLz', { hasSecondFactor: true })).toBe('password_too_short')
    expect(await codeOf('vN4#qLzT', { hasSecondFactor: true })).toBe('accepted')
    expect(await codeOf('🦆🐢🦊🐙🐌🦉🐝', { hasSecondFactor: true })).toBe('password_too_short')
    expect(await codeOf('🦆🐢🦊🐙🐌🦉🐝🐜', { hasSecondFactor: true })).toBe('accepted')
  })

  it('is counted after normalisation', async () => {
    expect(await codeOf('a\u0308o\u0308u\u0308a\u0308o\u0308u\u0308x', { hasSecondFactor: true })).toBe(
      'password_too_short',
    )
    expect(await codeOf('x'.repeat(1025))).toBe('password_too_long')
  })

  it('says what is asked for', async () => {
    await expect(policy.check('short')).rejects.toMatchObject({
      name: 'InvalidRequestError',
      message: 'The password must have at least 15 characters.',
    })
  })

  // covers ASVS-6.2.5
  it('is all that is asked: one kind of character will do', async () => {
    for (const password of [
      'qzkfhwbxntgdyrv',
      '492718350284610',
      'ｑｚｋｆｈｗｂｘｎｔｇｄｙｒｖ',
      '   q   z   k   f',
    ]) {
      expect(await codeOf(password)).toBe('accepted')
    }
  })

  it.each([undefined, null, 7, {}, [], '', '\ud800'.repeat(20)])('%j is no password', async password => {
    expect(await codeOf(password)).toBe('password_malformed')
  })
})

describe('common passwords', () => {
  it('are those of the source, unfolded as they were', () => {
    const text = readFileSync(new URL('../../src/policy/common-password-text.ts', import.meta.url), 'utf8')
    expect(text).toBe(renderCommonPasswords())
    const list = readCommonPasswords()
    expect(list.size).toBeGreaterThan(17_000)
    expect([...list].every(password => password.length >= 8)).toBe(true)
    expect([...list]).toEqual([...list].sort())
    for (const password of ['password', 'iloveyou', 'football', 'qwertyuiop'])
      expect(list).toContain(password)
  })

  // covers ASVS-6.2.4
  it('are refused in any spelling, each of them', async () => {
    const list = [...readCommonPasswords()]
    const sample = list.filter((_, index) => index % 50 === 0)
    const answers = await Promise.all(
      sample.map(password => codeOf(password.toUpperCase(), { hasSecondFactor: true })),
    )
    expect(new Set(answers)).toEqual(new Set(['password_too_common']))
    expect(await codeOf('ＰａｓｓＷｏｒｄ', { hasSecondFactor: true })).toBe('password_too_common')
  })

  it('are refused as a whole only', async () => {
    expect(await codeOf('my password is a duck')).toBe('accepted')
  })

  it.each([
    'aaaaaaaaaaaaaaa',
    'abcabcabcabcabcab',
    'passwordpassword',
    'abcdefghijklmnopq',
    '123456789012345678',
    '987654321098765432',
    '🦆🦆🦆🦆🦆🦆🦆🦆🦆🦆🦆🦆🦆🦆🦆',
  ])('of a pattern are refused at every length: %s', async password =>
    expect(await codeOf(password)).toBe('password_too_common'),
  )

  it('can be more', async () => {
    for (const commonPasswords of [['Our Mascot Is A Duck'], new Set(['OUR MASCOT IS A DUCK'])]) {
      const stricter = createPasswordPolicy({ commonPasswords })
      await expect(stricter.check('our mascot is a duck')).rejects.toMatchObject({
        code: 'password_too_common',
      })
    }
  })
})

// covers ASVS-6.2.11
describe('context', () => {
  const contextWords = ['ada.lovelace@mail.example.com', 'Ada Lovelace']

  it.each([
    'exampleshop2030',
    'Example-Shop-2030!',
    '!!!!Example Shop!!!!',
    'AdaLovelace1815',
    'ada.lovelace@mail.example.com',
    'lovelace-lovelace',
    'adaexampleshop1',
    'mailexample12345',
  ])('makes %s guessable', async password => {
    expect(await codeOf(password, { contextWords })).toBe('password_too_guessable')
  })

  it('does no harm inside of a phrase', async () => {
    expect(await codeOf('lovelace wrote the first program', { contextWords })).toBe('accepted')
    expect(await codeOf('ada dreams of engines', { contextWords })).toBe('accepted')
    expect(await codeOf('!?!?%$§"&/()=+-', { contextWords })).toBe('accepted')
    expect(await codeOf('492718350284610', { contextWords })).toBe('accepted')
  })

  it('that is hostile is passed over', async () => {
    const hostile = [
      undefined,
      7,
      {},
      '',
      'a',
      '(a+)+$',
      'x'.repeat(100_000),
      '\ud800',
      ...Array(10_000).fill('aa'),
    ]
    expect(await codeOf(GOOD, { contextWords: hostile })).toBe('accepted')
    expect(await codeOf(GOOD, { contextWords: 'correct' })).toBe('accepted')
    const long = ['aaa', 'aaaa', 'aaaaa', 'aaaaaa']
    expect(await codeOf(`${'a'.repeat(1000)}b`, { contextWords: long })).toBe('accepted')
  })

  it('never refuses what holds a letter of its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[b-d]{5,20}$/), async middle => {
        const answer = await codeOf(`adaada${middle}~z~adaada`, { contextWords: ['ada'] })
        expect(answer).toBe('accepted')
      }),
    )
  })
})

describe('the look-up for breached passwords', () => {
  const failures: Record<string, FindBreach> = {
    'throws at once': () => {
      throw new Error('no network')
    },
    rejects: () => Promise.reject(new Error('no network')),
    'answers with something else': () => Promise.resolve('no' as unknown as boolean),
    hangs: () => new Promise(() => {}),
  }
  /** A timer that has run out by the time it is asked. */
  const createTimeout = () => AbortSignal.abort()
  const events: unknown[] = []
  const emit = (type: string, details: object) => events.push({ type, ...details })

  // covers ASVS-6.2.12
  it('refuses what it finds and gets the normal form', async () => {
    const asked: string[] = []
    const findBreach: FindBreach = password => {
      asked.push(password)
      return password.startsWith('known')
    }
    const checking = createPasswordPolicy({ findBreach })
    await expect(checking.check('known to everybody')).rejects.toMatchObject({ code: 'password_compromised' })
    expect(await checking.check('Gru\u0308ße an alle Leute')).toEqual({ isBreachChecked: true })
    expect(asked).toEqual(['known to everybody', 'Grüße an alle Leute'])
  })

  it('is not asked about what is refused anyhow', async () => {
    const checking = createPasswordPolicy({
      findBreach: () => Promise.reject(new Error('asked')),
      whenBreachCheckFails: 'refuse',
    })
    await expect(checking.check('short')).rejects.toMatchObject({ code: 'password_too_short' })
  })

  it.each(Object.entries(failures))(
    'that %s lets the password pass, with an event',
    async (_, findBreach) => {
      events.length = 0
      const checking = createPasswordPolicy({ findBreach, createTimeout, emit })
      expect(await checking.check(GOOD)).toEqual({ isBreachChecked: false })
      expect(events).toEqual([{ type: 'password.breach_check_failed', accepted: true }])
    },
  )

  it.each(Object.entries(failures))('that %s refuses it where that is chosen', async (_, findBreach) => {
    events.length = 0
    const checking = createPasswordPolicy({ findBreach, createTimeout, emit, whenBreachCheckFails: 'refuse' })
    await expect(checking.check(GOOD)).rejects.toMatchObject({
      name: 'StoreError',
      code: 'store_unavailable',
    })
    expect(events).toEqual([{ type: 'password.breach_check_failed', accepted: false }])
  })

  it('is late when its signal aborts', async () => {
    const controller = new AbortController()
    const checking = createPasswordPolicy({
      findBreach: () => new Promise(() => controller.abort()),
      createTimeout: () => controller.signal,
    })
    expect(await checking.check(GOOD)).toEqual({ isBreachChecked: false })
  })
})

describe('options', () => {
  it.each<[string, object]>([
    ['minLength', { minLength: 7 }],
    ['minLengthWithSecondFactor', { minLengthWithSecondFactor: 65 }],
    ['contextWords', { contextWords: 'shop' }],
    ['contextWords', { contextWords: [7] }],
    ['commonPasswords', { commonPasswords: 'abc' }],
    ['findBreach', { findBreach: true }],
    ['whenBreachCheckFails', { whenBreachCheckFails: 'ignore' }],
    ['breachTimeoutMilliseconds', { breachTimeoutMilliseconds: 0 }],
    ['emit', { emit: {} }],
    ['createTimeout', { createTimeout: 1 }],
    ['maxLength', { maxLength: 20 }],
  ])('%s is checked while wiring', (path, options) => {
    expect(() => createPasswordPolicy(options as object)).toThrowError(
      expect.objectContaining({ code: 'config_invalid', problems: [expect.objectContaining({ path })] }),
    )
  })

  it('must be an object', () => {
    for (const options of [null, 7, []]) {
      expect(() => createPasswordPolicy(options as object)).toThrowError(
        expect.objectContaining({ code: 'config_invalid' }),
      )
    }
  })

  it('of Object.prototype count for nothing', async () => {
    const prototype: Record<string, unknown> = Object.prototype as never
    prototype['minLength'] = 8
    prototype['hasSecondFactor'] = true
    try {
      await expect(createPasswordPolicy({}).check('vN4#qLzT')).rejects.toMatchObject({
        code: 'password_too_short',
      })
    } finally {
      delete prototype['minLength']
      delete prototype['hasSecondFactor']
    }
  })
})
