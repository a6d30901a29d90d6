import { type AttackCase, type AttackRow, defineCases } from '../attack-case.js'
import type { PartEncoding, PartRecipe, TokenRecipe } from '../token-recipe.js'

/** One odd text as header and as payload, signed by the issuer. */
function inBoth(name: string, title: string, part: PartRecipe): Readonly<Record<string, AttackRow>> {
  return {
    [`header-${name}`]: [`header: ${title}`, { header: part }],
    [`payload-${name}`]: [`payload: ${title}`, { payload: part }],
  }
}

const JSON_TEXTS: readonly AttackCase[] = defineCases(
  {
    group: 'json',
    level: 'strictness',
    reason: 'RFC 7519 section 7.2, RFC 8259: header and payload are JSON objects',
  },
  {
    ...inBoth('trailing-text', 'text behind the object', { text: '<json>x' }),
    ...inBoth('trailing-nul', 'a NUL behind the object', { text: '<json>\u0000' }),
    ...inBoth('twice', 'two objects', { text: '<json><json>' }),
    ...inBoth('in-list', 'the object in an array', { text: '[<json>]' }),
    ...inBoth('empty', 'nothing', { text: '' }),
    ...inBoth('single-quotes', 'single quotes', { text: "{'alg':'<algorithm>','iss':'<issuer>'}" }),
    ...inBoth('comment', 'a comment', { text: '/**/<json>' }),
    ...inBoth('no-break-space', 'a no-break space before the object', { text: '\u00a0<json>' }),
    'payload-null': ['payload: null', { payload: { text: 'null' } }],
    'payload-true': ['payload: true', { payload: { text: 'true' } }],
    'payload-number': ['payload: a number', { payload: { text: '1' } }],
    'payload-text': ['payload: a text', { payload: { text: '"<issuer>"' } }],
    'payload-list': ['payload: an empty array', { payload: { text: '[]' } }],
    'payload-trailing-comma': ['payload: a comma too many', { payload: { text: '<json,>' } }],
  },
)

const I_JSON: readonly AttackCase[] = defineCases(
  {
    group: 'i-json',
    level: 'strictness',
    reason: 'RFC 7519 section 7.2 steps 3 and 10, RFC 8259 section 8.1: UTF-8, without a byte order mark',
  },
  {
    ...inBoth('bom', 'a byte order mark', { text: '\ufeff<json>' }),
    ...inBoth('utf-16', 'UTF-16', { charset: 'utf-16le' }),
    ...inBoth('invalid-utf-8', 'a byte that is no UTF-8', { hex: 'ff' }),
    ...inBoth('overlong-utf-8', 'an overlong form', { hex: 'c0af' }),
    ...inBoth('surrogate-utf-8', 'half of a surrogate pair as UTF-8', { hex: 'eda080' }),
    ...inBoth('truncated-utf-8', 'a character cut off', { hex: 'e282' }),
    ...surrogates(),
    ...repeatedNames(),
    'payload-number-range': [
      'payload: a number beyond the range of doubles',
      { payload: { set: { limit: { $raw: '1e999' } } } },
      { reason: 'RFC 7493 section 2.2: numbers beyond the range of doubles are read as Infinity' },
    ],
    'payload-deep': [
      'payload: 3000 arrays within each other',
      { payload: { set: { deep: { $nested: 3000 } } } },
      { reason: 'RFC 8259 section 9: parsers set a limit on nesting; code behind them has a stack' },
    ],
    'header-deep': [
      'header: 3000 arrays within each other',
      { header: { set: { deep: { $nested: 3000 } } } },
      { reason: 'RFC 8259 section 9: parsers set a limit on nesting; code behind them has a stack' },
    ],
  },
)

function surrogates(): Readonly<Record<string, AttackRow>> {
  const differs = {
    reason: 'RFC 7493 section 2.1: half of a surrogate pair is no character; stores and logs change it',
  }
  return {
    'header-surrogate': ['header: half of a surrogate pair', { header: { set: { x: '\ud800' } } }, differs],
    'payload-surrogate': [
      'payload: half of a surrogate pair',
      { payload: { set: { name: 'a\udc00' } } },
      differs,
    ],
    'payload-surrogate-sub': [
      'payload: half of a surrogate pair in sub',
      { payload: { set: { sub: '\ud83d' } } },
      differs,
    ],
    'payload-surrogate-name': [
      'payload: half of a surrogate pair in a name',
      { payload: { set: { '\ud800': 1 } } },
      differs,
    ],
  }
}

function repeatedNames(): Readonly<Record<string, AttackRow>> {
  const differs = {
    reason: 'RFC 7515 section 4, RFC 7519 section 4: names are unique; two parsers see two tokens',
  }
  return {
    'header-repeated': ['header: a name twice', { header: { last: '"x":1,"x":2' } }, differs],
    'payload-repeated': [
      'payload: a name twice',
      { payload: { last: '"role":"user","role":"admin"' } },
      differs,
    ],
    'payload-repeated-nested': [
      'payload: a name twice further down',
      { payload: { last: '"act":{"sub":"user","sub":"admin"}' } },
      { reason: 'RFC 7493 section 2.3: names are unique in every object' },
    ],
    'payload-repeated-proto': [
      'payload: __proto__ twice',
      { payload: { last: '"__proto__":{"a":1},"__proto__":{"admin":true}' } },
      differs,
    ],
  }
}

const CHANGED: PartRecipe = { set: { filler: '~~~~~?????~~~~~' } }

function encoded(encoding: PartEncoding, title: string): Readonly<Record<string, AttackRow>> {
  return {
    [`header-${encoding}`]: [`header: ${title}`, { header: { ...CHANGED, encoding } }],
    [`payload-${encoding}`]: [`payload: ${title}`, { payload: { ...CHANGED, encoding } }],
    [`signature-${encoding}`]: [`signature: ${title}`, { signatureEncoding: encoding }],
  }
}

const ENCODINGS: readonly AttackCase[] = defineCases(
  {
    group: 'base64url',
    level: 'strictness',
    reason:
      'RFC 7515 section 2, RFC 4648 section 3: no padding, white space or other alphabet, no spare bits; one token has one text',
  },
  {
    ...encoded('padded', 'padding'),
    ...encoded('base64', 'the alphabet with + and /'),
    ...encoded('spare_bits', 'spare bits that are set'),
    ...encoded('spare_character', 'a character too many'),
    ...encoded('line_break', 'a line break'),
    ...encoded('space', 'a space'),
    ...encoded('percent', 'a percent-encoded character'),
    ...encoded('hex', 'hex digits'),
    ...encoded('twice', 'encoded twice'),
  },
)

function written(text: string, more: TokenRecipe = {}): TokenRecipe {
  return { ...more, text }
}

const AROUND: readonly AttackCase[] = defineCases(
  {
    group: 'text',
    level: 'strictness',
    reason: 'RFC 7515 section 7.1: three parts with two dots between them, and nothing else',
  },
  {
    'leading-space': ['a space before it', written(' <token>')],
    'trailing-space': ['a space behind it', written('<token> ')],
    'leading-line-break': ['a line break before it', written('\n<token>')],
    'trailing-line-break': ['a line break behind it', written('<token>\n')],
    'trailing-crlf': ['CRLF behind it', written('<token>\r\n')],
    tab: ['a tab before it', written('\t<token>')],
    nul: ['a NUL behind it', written('<token>\u0000')],
    bom: ['a byte order mark before it', written('\ufeff<token>')],
    'zero-width-space': ['a zero-width space behind it', written('<token>\u200b')],
    bearer: ['the scheme Bearer before it', written('Bearer <token>')],
    quotes: ['quotes around it', written('"<token>"')],
    'leading-dot': ['a dot before it', written('.<token>')],
    'trailing-dot': ['a dot behind it', written('<token>.')],
    'four-parts': ['a fourth part', written('<token>.e30')],
    'fourth-part-first': ['another part before it', written('e30.<token>')],
    'five-parts': ['two more parts', written('<token>.e30.e30')],
    'unsigned-prefix': [
      'an unsigned header and payload before the signed ones',
      written('eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.<token>'),
    ],
    comma: ['twice, with a comma', written('<token>,<token>')],
    semicolon: ['a semicolon behind it', written('<token>;x=1')],
    fragment: ['a fragment behind it', written('<token>#x')],
    'double-dots': ['two dots for one', written('<header>..<payload>..<signature>')],
    'other-dots': ['dots of another alphabet', written('<header>\u3002<payload>\u3002<signature>')],
    flattened: [
      'flattened JSON serialization',
      written('{"payload":"<payload>","protected":"<header>","signature":"<signature>"}'),
      { reason: 'RFC 7519 section 1: JWTs are always in compact serialization' },
    ],
    general: [
      'general JSON serialization',
      written('{"payload":"<payload>","signatures":[{"protected":"<header>","signature":"<signature>"}]}'),
      { reason: 'RFC 7519 section 1: JWTs are always in compact serialization' },
    ],
  },
)

const STRUCTURE: readonly AttackCase[] = defineCases(
  {
    group: 'structure',
    level: 'forgery',
    reason: 'RFC 7515 section 7.1: what is not three parts is no signed token',
  },
  {
    empty: ['nothing', written('')],
    dot: ['one dot', written('.')],
    'two-dots': ['two dots', written('..')],
    'three-dots': ['three dots', written('...')],
    'many-dots': ['10,000 dots', written('.', { repeat: 10_000 })],
    'one-part': ['the header alone', written('<header>')],
    'two-parts': ['no signature and no dot', written('<header>.<payload>')],
    'no-header': ['no header', written('.<payload>.<signature>')],
    'no-payload': ['no payload', written('<header>..<signature>')],
    word: ['a word', written('token')],
    null: ['the word null', written('null')],
    undefined: ['the word undefined', written('undefined')],
    object: ['[object Object]', written('[object Object]')],
    sql: ['SQL', written("' OR 1=1 -- ")],
    'not-base64': ['three parts that are no base64', written('!!!.@@@.###')],
    'three-words': ['three parts that are no JSON', written('aaaa.bbbb.cccc')],
    'empty-objects': ['three empty objects', written('e30.e30.e30')],
    'swapped-parts': ['payload before header', written('<payload>.<header>.<signature>')],
    'flattened-unprotected': [
      'JSON serialization with an unprotected alg none',
      written('{"header":{"alg":"none"},"payload":"<payload>","signature":""}'),
    ],
    long: ['200,000 characters', written('A', { repeat: 200_000 })],
    'long-payload': [
      'a valid head with a payload of 200,000 characters',
      { text: `<header>.${'A'.repeat(200_000)}.<signature>` },
    ],
  },
)

/** An encrypted token whose protected header is this. */
function encrypted(header: string): TokenRecipe {
  return {
    header: { text: header },
    signing: { by: 'nobody' },
    text: '<header>.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAA.<payload>.AAAAAAAAAAAAAAAAAAAAAA',
  }
}

const ENCRYPTED: readonly AttackCase[] = defineCases(
  {
    group: 'encrypted',
    level: 'forgery',
    reason:
      'RFC 8725 sections 3.1 and 3.2: an encrypted token was not asked for, and encryption says nothing of who made it',
  },
  {
    dir: ['alg dir', encrypted('{"alg":"dir","enc":"A256GCM"}')],
    'rsa-oaep': ['alg RSA-OAEP-256', encrypted('{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"JWT"}')],
    'ecdh-es': ['alg ECDH-ES without a key', encrypted('{"alg":"ECDH-ES","enc":"A256GCM"}')],
    none: ['alg none with enc', encrypted('{"alg":"none","enc":"none"}')],
    'pbes2-many-rounds': [
      'alg PBES2 with two thousand million rounds',
      encrypted('{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":2147483647,"p2s":"AAAAAAAAAAA"}'),
      {
        reason:
          'RFC 8725 section 3.11 and RFC 7518 section 8.1: a token must not choose how long a verifier works',
      },
    ],
    zip: ['alg dir with zip', encrypted('{"alg":"dir","enc":"A256GCM","zip":"DEF"}')],
  },
)

/** How a token is written. */
export const TEXT_CASES: readonly AttackCase[] = [
  ...JSON_TEXTS,
  ...I_JSON,
  ...ENCODINGS,
  ...AROUND,
  ...STRUCTURE,
  ...ENCRYPTED,
]
