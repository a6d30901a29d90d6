import { type AttackCase, type AttackRow, defineCases } from '../attack-case.js'
import type { JsonTemplate, TokenRecipe } from '../token-recipe.js'

function withClaims(set: { readonly [name: string]: JsonTemplate }): TokenRecipe {
  return { payload: { set } }
}

function without(name: string): TokenRecipe {
  return { payload: { remove: [name] } }
}

function claim(name: string): (title: string, value: JsonTemplate, differs?: AttackRow[2]) => AttackRow {
  return (title, value, differs) =>
    differs === undefined
      ? [`${name} ${title}`, withClaims({ [name]: value })]
      : [`${name} ${title}`, withClaims({ [name]: value }), differs]
}

const exp = claim('exp')
const nbf = claim('nbf')
const iat = claim('iat')
const iss = claim('iss')
const aud = claim('aud')

const EXPIRED: readonly AttackCase[] = defineCases(
  {
    group: 'exp',
    level: 'forgery',
    reason: 'RFC 7519 section 4.1.4: on or after exp the token must not be accepted',
  },
  {
    'a-second-ago': exp('a second ago', { $past: 1 }),
    'a-day-ago': exp('a day ago', { $past: 86_400 }),
    zero: exp('is 0', 0),
    'minus-zero': exp('is -0', { $raw: '-0' }),
    'minus-one': exp('is -1', -1),
    'minus-huge': exp('is -1e30', { $raw: '-1e30' }),
    'minus-infinity': exp('is beyond the range of numbers, downwards', { $raw: '-1e400' }),
    fraction: exp('is a fraction of a second after 1970', 0.5),
    'text-in-the-past': exp('is text, and over', '1000000000'),
    'past-then-future': [
      'exp twice, the first over',
      { payload: { first: '"exp":1000000000' } },
      { level: 'strictness', reason: 'RFC 7519 section 4: claim names are unique' },
    ],
    'future-then-past': [
      'exp twice, the last over',
      { payload: { last: '"exp":1000000000' } },
      { level: 'strictness', reason: 'RFC 7519 section 4: claim names are unique' },
    ],
    now: exp('is now', { $past: 0 }, { level: 'strictness' }),
    'half-a-second-ago': exp('half a second ago', { $past: 0.5 }, { level: 'strictness' }),
  },
)

const EXP_TYPES: readonly AttackCase[] = defineCases(
  {
    group: 'exp-type',
    level: 'strictness',
    reason: 'RFC 7519 sections 2 and 4.1.4: exp is a number, and a point in time',
  },
  {
    absent: [
      'no exp',
      without('exp'),
      { reason: 'RFC 9068 section 2.2, RFC 8725 section 3.8: a token without an end is good for ever' },
    ],
    null: exp('is null', null),
    true: exp('is true', true),
    false: exp('is false', false),
    text: exp('is text', '9999999999'),
    'text-date': exp('is a date as text', '2999-01-01T00:00:00Z'),
    'text-infinity': exp('is the text Infinity', 'Infinity'),
    'empty-text': exp('is the empty text', ''),
    list: exp('is an array', [{ $now: 900 }]),
    object: exp('is an object', { valueOf: 9_999_999_999 }),
    'empty-object': exp('is an empty object', {}),
    '1e30': exp('is 1e30', { $raw: '1e30' }),
    infinity: exp('is beyond the range of numbers', { $raw: '1e400' }),
    nan: exp('is NaN, which is no JSON', { $raw: 'NaN' }),
    'upper-case': ['EXP instead of exp', { payload: { remove: ['exp'], set: { EXP: { $now: 900 } } } }],
  },
)

const NOT_YET: readonly AttackCase[] = defineCases(
  {
    group: 'nbf',
    level: 'forgery',
    reason: 'RFC 7519 section 4.1.5: before nbf the token must not be accepted',
  },
  {
    'in-a-minute': nbf('in a minute', { $future: 60 }),
    'in-a-year': nbf('in a year', { $future: 31_536_000 }),
    '1e30': nbf('is 1e30', { $raw: '1e30' }),
    infinity: nbf('is beyond the range of numbers', { $raw: '1e400' }),
    'text-in-the-future': nbf('is text, and to come', '9999999999'),
    text: nbf('is text', '1', { level: 'strictness', reason: 'RFC 7519 section 4.1.5: nbf is a number' }),
    null: nbf('is null', null, { level: 'strictness', reason: 'RFC 7519 section 4.1.5: nbf is a number' }),
    true: nbf('is true', true, { level: 'strictness', reason: 'RFC 7519 section 4.1.5: nbf is a number' }),
    list: nbf('is an array', [1], { level: 'strictness', reason: 'RFC 7519 section 4.1.5: nbf is a number' }),
  },
)

const ISSUED_AT: readonly AttackCase[] = defineCases(
  {
    group: 'iat',
    level: 'strictness',
    reason: 'RFC 7519 section 4.1.6: iat is a number, and when the token was issued; none is from the future',
  },
  {
    'in-an-hour': iat('in an hour', { $future: 3600 }),
    '1e30': iat('is 1e30', { $raw: '1e30' }),
    infinity: iat('is beyond the range of numbers', { $raw: '1e400' }),
    text: iat('is text', '1000000000'),
    null: iat('is null', null),
    true: iat('is true', true),
    list: iat('is an array', [1]),
    object: iat('is an object', {}),
  },
)

const ISSUERS: readonly AttackCase[] = defineCases(
  {
    group: 'iss',
    level: 'forgery',
    reason: 'RFC 7519 section 4.1.1, RFC 8725 section 3.8: iss is compared as a case-sensitive text',
  },
  {
    other: iss('is another', 'https://attacker.example'),
    empty: iss('is empty', ''),
    slash: iss('with a slash behind it', '<issuer>/'),
    'other-case': iss('in the other case', '<ISSUER>'),
    suffix: iss('begins with the right one', '<issuer>.attacker.example'),
    prefix: iss('ends with the right one', 'https://attacker.example/?<issuer>'),
    'leading-space': iss('behind a space', ' <issuer>'),
    'trailing-space': iss('before a space', '<issuer> '),
    nul: iss('before a NUL', '<issuer>\u0000'),
    'line-break': iss('before a line break', '<issuer>\n'),
    pattern: iss('is a pattern', '.*'),
    'other-in-list': iss('is an array of another and the right one', [
      'https://attacker.example',
      '<issuer>',
    ]),
    'right-then-other': iss('is an array of the right one and another', [
      '<issuer>',
      'https://attacker.example',
    ]),
    list: iss('is an array of the right one', ['<issuer>'], { level: 'strictness' }),
    object: iss('is an object', { url: '<issuer>' }, { level: 'strictness' }),
    null: iss('is null', null, { level: 'strictness' }),
    number: iss('is a number', 0, { level: 'strictness' }),
    true: iss('is true', true, { level: 'strictness' }),
    absent: ['no iss', without('iss'), { level: 'strictness' }],
  },
)

const AUDIENCES: readonly AttackCase[] = defineCases(
  {
    group: 'aud',
    level: 'forgery',
    reason: 'RFC 7519 section 4.1.3, RFC 8725 section 3.9: who is not named in aud must refuse',
  },
  {
    other: aud('is another', 'https://other.example'),
    'other-list': aud('is an array of others', ['https://other.example', 'https://third.example']),
    empty: aud('is empty', ''),
    'empty-list': aud('is an empty array', []),
    star: aud('is a star', '*'),
    pattern: aud('is a pattern', '.*'),
    slash: aud('with a slash behind it', '<audience>/'),
    'other-case': aud('in the other case', '<AUDIENCE>'),
    suffix: aud('begins with the right one', '<audience>.attacker.example'),
    contains: aud('contains the right one', 'x <audience> y'),
    'space-separated': aud('is a list with spaces', 'https://other.example <audience>'),
    'leading-space': aud('behind a space', ' <audience>'),
    nul: aud('before a NUL', '<audience>\u0000'),
    'client-id': aud('is the id of a client', 'client-1'),
    ...lenientAudiences(),
  },
)

function lenientAudiences(): Readonly<Record<string, AttackRow>> {
  const differs = {
    level: 'strictness',
    reason: 'RFC 7519 section 4.1.3: aud is a string or an array of strings',
  } as const
  return {
    absent: ['no aud', without('aud'), { ...differs, reason: 'RFC 8725 section 3.9: aud must be there' }],
    null: aud('is null', null, differs),
    number: aud('is a number', 0, differs),
    true: aud('is true', true, differs),
    object: aud('is an object', { 0: '<audience>', length: 1 }, differs),
    'list-with-number': aud('is an array with a number', ['<audience>', 1], differs),
    'list-with-null': aud('is an array with null', [null, '<audience>'], differs),
    'list-with-object': aud('is an array with an object', ['<audience>', {}], differs),
    'nested-list': aud('is an array in an array', [['<audience>']], differs),
    repeated: [
      'aud twice, one of them another',
      { payload: { first: '"aud":"https://other.example"' } },
      { level: 'strictness', reason: 'RFC 7519 section 4: claim names are unique' },
    ],
  }
}

const TEXT_TYPES: readonly (readonly [string, string, JsonTemplate])[] = [
  ['null', 'null', null],
  ['number', 'a number', 7],
  ['true', 'true', true],
  ['list', 'an array', ['admin']],
  ['object', 'an object', { id: 'admin' }],
]

const TEXT_CLAIMS: readonly AttackCase[] = (['sub', 'jti'] as const).flatMap(name =>
  defineCases(
    {
      group: name,
      level: 'strictness',
      reason: `RFC 7519 section 4.1.${name === 'sub' ? 2 : 7}: ${name} is a string`,
    },
    {
      ...Object.fromEntries(
        TEXT_TYPES.map(([key, title, value]) => [key, claim(name)(`is ${title}`, value)] as const),
      ),
      repeated: [
        `${name} twice`,
        { payload: { last: `"${name}":"admin"` } },
        { reason: 'RFC 7519 section 4: claim names are unique' },
      ],
      'repeated-escaped': [
        `${name} twice, once written with an escape`,
        { payload: { last: `"\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}":"admin"` } },
        { reason: 'RFC 7519 section 4: claim names are unique, however they are written' },
      ],
    },
  ),
)

/** What a payload says, signed by the issuer. */
export const CLAIM_CASES: readonly AttackCase[] = [
  ...EXPIRED,
  ...EXP_TYPES,
  ...NOT_YET,
  ...ISSUED_AT,
  ...ISSUERS,
  ...AUDIENCES,
  ...TEXT_CLAIMS,
]
