import { AuthError } from '@authcore/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { type AuthHeaders, authenticateRequest, createAuthRoutes, toErrorResponse } from '../src/index.js'
import { createFixture, request } from './fixture.js'

/** For each of three fields: 201,000 in all. `AUTHCORE_SEED` chooses others. */
const HEADERS = 67_000
const SEED = Number(process.env['AUTHCORE_SEED'] ?? 2026)
const TIMEOUT = 300_000

const { auth, storeCalls } = createFixture()
const { handle } = createAuthRoutes(auth)
const genuine = { accessToken: '', apiKey: '', refreshToken: '' }

beforeAll(async () => {
  const session = await auth.sessions.start({ subject: 'user-1', scope: ['read'] })
  const { apiKey } = await auth.apiKeys.issue({ ownerId: 'user-1', name: 'ci' })
  Object.assign(genuine, { apiKey, accessToken: session.accessToken, refreshToken: session.refreshToken })
})

type Dice = (sides: number) => number

/** Mulberry32; each index has a stream of its own, so that a failure can be repeated alone. */
function createDice(index: number): Dice {
  let state = Math.imul(SEED ^ Math.imul(index + 1, 0x85ebca6b), 0xc2b2ae35)
  return sides => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * sides)
  }
}

const pick = <Value>(dice: Dice, values: readonly Value[]): Value => values[dice(values.length)] as Value

const CHARACTERS = [
  ...'aZ09-._~+/= ,;:"\\\t\r\n\0()[]{}<>@?%&*\'éß日😀',
  '\ud800',
  '\udfff',
  '\ufeff',
  '\u200b',
  '\u0130',
]
const SCHEMES = [
  'Bearer',
  'bearer',
  'BEARER',
  'Basic',
  'DPoP',
  'Digest',
  'Bearer:',
  'Bear er',
  'Token',
  '',
  'Bearer\u0000',
]
const SPACES = [' ', '  ', '', '\t', '\u00a0', ' \n', ',', '=']

function noise(dice: Dice): string {
  return Array.from({ length: dice(40) }, () => pick(dice, CHARACTERS)).join('')
}

/** A genuine credential with a few characters replaced, inserted or taken away. */
function changed(text: string, dice: Dice): string {
  let result = text
  for (let count = 1 + dice(2); count > 0; count--) {
    const at = dice(result.length + 1)
    result = result.slice(0, at) + pick(dice, ['', pick(dice, CHARACTERS), 'A']) + result.slice(at + dice(3))
  }
  return result
}

type Wrap = (credential: string, dice: Dice) => string

function textValue(credentials: readonly string[], wrap: Wrap, dice: Dice): string {
  const credential = pick(dice, credentials)
  switch (dice(10)) {
    case 0:
      return noise(dice)
    case 1:
      return wrap(noise(dice), dice)
    case 2:
      return `${wrap(changed(credential, dice), dice)},${wrap(changed(credential, dice), dice)}`
    case 3:
      return wrap('', dice)
    case 4:
      return pick(dice, ['A', ',', '"', '\\"', 'a=', '; a', '. ', '\0', 'é']).repeat(
        pick(dice, [1, 100, 5000]),
      )
    default:
      return wrap(changed(credential, dice), dice)
  }
}

/** What no adapter should pass on, and one may all the same. */
const ODD: readonly unknown[] = [
  null,
  undefined,
  0,
  Number.NaN,
  1n,
  true,
  Symbol('value'),
  {},
  [],
  [[]],
  [undefined],
  [null, 'Bearer x'],
  new Array(2),
  () => 'Bearer x',
  new String('Bearer x'),
  new Uint8Array(4),
  new Date(0),
  new Map([['a', 'b']]),
  Object.create(null),
  {
    toString() {
      throw new Error('called')
    },
  },
  { length: 1, 0: 'Bearer x' },
  new Proxy({}, { get: () => 'Bearer x', has: () => true }),
]

function fieldValue(credentials: readonly string[], wrap: Wrap, dice: Dice): unknown {
  switch (dice(8)) {
    case 0:
      return pick(dice, ODD)
    case 1:
      return Array.from({ length: dice(4) }, () => textValue(credentials, wrap, dice))
    default:
      return textValue(credentials, wrap, dice)
  }
}

const FIELDS: Readonly<Record<string, (dice: Dice) => unknown>> = {
  authorization: dice =>
    fieldValue(
      [genuine.accessToken, genuine.apiKey, genuine.refreshToken],
      (credential, roll) => pick(roll, SCHEMES) + pick(roll, SPACES) + credential,
      dice,
    ),
  'x-api-key': dice => fieldValue([genuine.apiKey, genuine.accessToken], credential => credential, dice),
  cookie: dice =>
    fieldValue(
      [genuine.refreshToken],
      (credential, roll) =>
        pick(roll, ['', 'theme=dark; ', 'a; b;', '=x;', ';;']) +
        pick(roll, ['__Host-refresh_token', '__host-refresh_token', '__Host-refresh_token ', '', 'x']) +
        pick(roll, ['=', '==', '', ' = ']) +
        credential +
        pick(roll, ['', ';', '; __Host-refresh_token=x']),
      dice,
    ),
}

/** The answer as a status; anything but an AuthError with a response fails the test. */
async function statusOf(headers: AuthHeaders): Promise<number> {
  const policy = { methods: ['access_token', 'api_key'] } as const
  try {
    await authenticateRequest(auth, request(headers), policy)
    return 200
  } catch (error) {
    if (!(error instanceof AuthError)) throw error
    return toErrorResponse(error)?.status ?? 500
  }
}

async function refreshStatusOf(headers: AuthHeaders): Promise<number> {
  const { status } = (await handle({
    method: 'POST',
    url: '/refresh',
    path: '/refresh',
    headers: {
      ...headers,
      origin: 'https://api.example.com',
      host: 'api.example.com',
      'sec-fetch-site': 'same-origin',
    },
    readBody: async () => undefined,
  })) ?? { status: 500 }
  return status
}

describe.each(Object.keys(FIELDS))('%s', name => {
  it(`answers 400 or 401 to ${HEADERS} values of seed ${SEED}, without a store call`, {
    timeout: TIMEOUT,
  }, async () => {
    const createValue = FIELDS[name]
    if (createValue === undefined) throw new Error('expected a field')
    const statuses = new Map<number, number>()
    const callsBefore = storeCalls()
    for (let index = 0; index < HEADERS; index++) {
      const dice = createDice(index)
      const value = createValue(dice)
      // a value that holds the whole credential may be good
      if (Object.values(genuine).some(text => holds(value, text))) continue
      const headers = { [name]: value } as AuthHeaders
      const status = name === 'cookie' ? await refreshStatusOf(headers) : await statusOf(headers)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status !== 400 && status !== 401) throw new Error(`index ${index}: ${status} for ${show(value)}`)
    }
    // a token endpoint answers 400 to a bad grant (RFC 6749 section 5.2)
    expect([...statuses.keys()].sort()).toEqual(name === 'cookie' ? [400] : [400, 401])
    expect([...statuses.values()].reduce((sum, count) => sum + count)).toBeGreaterThan(HEADERS * 0.9)
    expect(storeCalls()).toBe(callsBefore)
  })
})

function holds(value: unknown, text: string): boolean {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return values.some(one => typeof one === 'string' && one.includes(text))
}

function show(value: unknown): string {
  return typeof value === 'string' || Array.isArray(value) ? JSON.stringify(value) : typeof value
}
