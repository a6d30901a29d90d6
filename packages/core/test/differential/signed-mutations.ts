import { type Algorithm, profileOf } from '../../src/jws/algorithms.js'
import type { Dice } from './dice.js'
import type { TestKey } from './keys.js'
import { changeMember } from './text-mutations.js'
import { encode, signParts, signToken, type Token } from './tokens.js'
import { AUDIENCE, acceptedAlgorithms, ISSUER, NOW } from './verifiers.js'

/**
 * Changes a token and signs the result with the genuine key: what a careless or hostile issuer could send. Most of
 * these must be refused for their form or claims although the signature is right.
 */
export type SignedMutation = (token: Token, dice: Dice, key: TestKey) => Token

type Content = string | Uint8Array
type Edit = (json: string, dice: Dice) => Content

const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  1.5,
  1e30,
  '',
  'x',
  '0',
  [],
  [''],
  {},
  { a: 1 },
  [null],
  [[]],
  'ä',
  '\u0000',
  'x'.repeat(300),
]

const NUMBERS = [
  '1e3',
  '1E+3',
  '1.0',
  '-0',
  '0',
  '-1',
  '01',
  '+1',
  '.5',
  '1.',
  '0x10',
  '1e999',
  '-1e999',
  '1e400',
  '1e30',
  'NaN',
  'Infinity',
  '1_000',
  '8.64e12',
  '8.640000000001e12',
  '9007199254740993',
  '1e-400',
  '"1"',
  'null',
  '1800000900000',
  '1800000000',
  '1.8e9',
  '1800000000.0',
  '1800000000.001',
  '1799999999.999',
  '1800000001',
  '99999999999999999999999',
] as const

/** Names of the header that ours refuses, each with values that make sense to a verifier that follows them. */
const UNSUPPORTED: readonly (readonly [string, unknown])[] = [
  ['crit', ['exp']],
  ['crit', ['b64']],
  ['crit', []],
  ['crit', null],
  ['crit', 'alg'],
  ['crit', ['alg']],
  ['crit', {}],
  ['b64', false],
  ['b64', true],
  ['b64', null],
  ['jwk', { kty: 'oct', k: 'c2VjcmV0' }],
  ['jwk', null],
  ['jku', 'https://attacker.example/jwks.json'],
  ['x5u', 'https://attacker.example/cert.pem'],
  ['x5c', ['MIIB']],
  ['zip', 'DEF'],
  ['enc', 'A128GCM'],
]

/** Edits of JSON text that do not depend on what it says. */
const TEXT_EDITS: Readonly<Record<string, Edit>> = {
  'bytes changed': (json, dice) => {
    const bytes = Buffer.from(json)
    for (let count = 1 + dice.roll(3); count > 0; count--) bytes[dice.roll(bytes.length)] = dice.roll(256)
    return bytes
  },
  'characters changed': (json, dice) => {
    const at = dice.roll(json.length)
    return (
      json.slice(0, at) +
      dice.pick([...'"\\{}[]:, \t\n0-e\u0000\u001f\u007f\u2028é']) +
      json.slice(at + dice.roll(2))
    )
  },
  'white space': (json, dice) => {
    const space = dice.pick([' ', '\n', '\t', '\r\n', '\v', '\f', '\u00a0', '\ufeff', '\u2028', '\0'])
    return dice.pick([
      () => space + json,
      () => json + space,
      () => json.replaceAll(':', `${space}:${space}`),
      () => json.replaceAll(',', `${space},`),
      () => json.replace('{', `{${space}`),
    ])()
  },
  'escapes in strings': (json, dice) => {
    const at = dice.roll(json.length)
    const code = json.charCodeAt(at).toString(16).padStart(4, '0')
    const escaped = dice.pick([
      `\\u${code}`,
      `\\u${code.toUpperCase()}`,
      `\\x${code.slice(2)}`,
      `\\${json[at]}`,
      `\\U${code}`,
    ])
    return json.slice(0, at) + escaped + json.slice(at + 1)
  },
  'every name escaped': json =>
    json.replace(
      /"([a-z]+)":/gi,
      (_, name: string) => `"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}":`,
    ),
  'a name repeated': (json, dice) => {
    const names = Object.keys(JSON.parse(json))
    const name = dice.pick(names)
    const spelled = dice.pick([
      () => JSON.stringify(name),
      () => `"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}"`,
      () => `${JSON.stringify(name)} `,
      () => JSON.stringify(name.toUpperCase()),
      () => JSON.stringify(`${name} `),
    ])()
    const value = JSON.stringify(dice.pick<unknown>([JSON.parse(json)[name], 'x', null, ':']))
    const member = `${spelled}:${value}`
    return dice.roll(2) === 0 ? `{${member},${json.slice(1)}` : `${json.slice(0, -1)},${member}}`
  },
  'a name repeated further down': (json, dice) => {
    const nested = dice.pick([
      '{"a":1,"a":1}',
      '[{"b":{"c":1,"d":":","c":2}}]',
      '{"a":{"a":1},"b":{"a":1}}',
      '{"a":":","b":":"}',
      '{"":1,"":2}',
      '{"__proto__":1,"__proto__":2}',
      '{"a":1,"A":2}',
      '{"é":1,"e\u0301":2}',
      '{"a":1,"\\u0061":2}',
      '[":",":"]',
    ])
    return `${json.slice(0, -1)},"extra":${nested}}`
  },
  'a name in another case': (json, dice) => {
    const name = dice.pick(Object.keys(JSON.parse(json)))
    const other = dice.pick([
      name.toUpperCase(),
      name[0]?.toUpperCase() + name.slice(1),
      ` ${name}`,
      `${name}\u0000`,
    ])
    return json.replace(JSON.stringify(name), () => JSON.stringify(other))
  },
  'a member of any type': (json, dice) => {
    const names = [
      ...Object.keys(JSON.parse(json)),
      '__proto__',
      'constructor',
      'toString',
      'then',
      'toJSON',
      '',
    ]
    const value = dice.pick(VALUES)
    const name = dice.pick(names)
    if (name !== '__proto__') return changeMember(json, name, value)
    return `${json.slice(0, -1)},"__proto__":${JSON.stringify(value)}}`
  },
  'a member taken away': (json, dice) =>
    changeMember(json, dice.pick(Object.keys(JSON.parse(json))), undefined),
  'a surrogate on its own': (json, dice) => {
    const text = dice.pick([
      '\\ud800',
      '\\udfff',
      'a\\ud800b',
      '\\udc00\\ud800',
      '\\ud83d\\ude00',
      '\\ud83d\\ud83d\\ude00',
    ])
    return `${json.slice(0, -1)},${dice.roll(2) === 0 ? `"extra":"${text}"` : `"${text}":1`}}`
  },
  'bytes that are no UTF-8': (json, dice) => {
    const bytes = dice.pick([
      [0xff],
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xe2, 0x82],
      [0xf5, 0x80, 0x80, 0x80],
      [0x80],
      [0xef, 0xbf, 0xbd],
    ])
    return Buffer.concat([
      Buffer.from(`${json.slice(0, -1)},"extra":"`),
      Buffer.from(bytes),
      Buffer.from('"}'),
    ])
  },
  'a byte order mark or another encoding': (json, dice) =>
    dice.pick<() => Content>([
      () => `\ufeff${json}`,
      () => Buffer.from(json, 'utf16le'),
      () => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(json, 'utf16le')]),
      () => Buffer.from(json, 'latin1'),
    ])(),
  nesting: (json, dice) => {
    const depth = dice.pick([1, 15, 29, 30, 31, 32, 33, 64, 500])
    const [open, close] = dice.pick([
      ['[', ']'],
      ['{"a":', '}'],
      ['[{"a":[', ']}]'],
    ] as const)
    const count = Math.max(1, Math.floor(depth / (open.length > 5 ? 3 : 1)))
    return `${json.slice(0, -1)},"extra":${open.repeat(count)}1${close.repeat(count)}}`
  },
  'brackets side by side and in strings': (json, dice) =>
    `${json.slice(0, -1)},"extra":${dice.pick([
      `[${Array(40).fill('[]').join(',')}]`,
      '"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["',
      `[${Array(40).fill('{"a":1}').join(',')}]`,
    ])}}`,
  'a number in another format': (json, dice) => `${json.slice(0, -1)},"extra":${dice.pick(NUMBERS)}}`,
  'grammar of JSON': (json, dice) =>
    dice.pick([
      () => `${json.slice(0, -1)},}`,
      () => json.slice(0, -1),
      () => `${json}}`,
      () => json + json,
      () => `[${json}]`,
      () => json.replaceAll('"', "'"),
      () => json.replace(/"(\w+)":/, '$1:'),
      () => `/* */${json}`,
      () => `${json}// `,
      () => JSON.stringify(json),
      () => 'null',
      () => '1',
      () => '""',
      () => '',
      () => 'true',
      () => '[]',
      () => json.replace(':', '=>'),
      () => json.replace(',', ';'),
      () => json.replace(',', ',,'),
    ])(),
}

/** Edits of what the header says. */
const HEADER_EDITS: Readonly<Record<string, Edit>> = {
  'an unsupported parameter': (json, dice) => {
    const [name, value] = dice.pick(UNSUPPORTED)
    return changeMember(json, dice.roll(8) === 0 ? name.toUpperCase() : name, value)
  },
  'alg in another form': (json, dice) => {
    const { alg } = JSON.parse(json)
    const others = [
      alg.toLowerCase(),
      ` ${alg}`,
      `${alg} `,
      `${alg}\u0000`,
      [alg],
      { alg },
      null,
      alg.slice(0, 2),
      `${alg}K`,
    ]
    return changeMember(json, 'alg', dice.pick<unknown>([...others, 'constructor', '__proto__', 'none', 256]))
  },
  'typ, kid or cty of any type': (json, dice) =>
    changeMember(
      json,
      dice.pick(['typ', 'kid', 'cty']),
      dice.pick([...VALUES, 'JWT', 'at+jwt', 'k'.repeat(256), 'k'.repeat(257)]),
    ),
}

/** Edits of what the payload says. */
const PAYLOAD_EDITS: Readonly<Record<string, Edit>> = {
  'a date in another format': (json, dice) => {
    const name = dice.pick(['exp', 'nbf', 'iat'])
    const marked = changeMember(json, name, '@')
    return marked.replace('"@"', dice.pick([...NUMBERS, String(NOW - 1 + dice.roll(3))]))
  },
  'a registered claim of any type': (json, dice) =>
    changeMember(json, dice.pick(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']), dice.pick(VALUES)),
  'an issuer that looks alike': (json, dice) =>
    changeMember(
      json,
      'iss',
      dice.pick<unknown>([
        `${ISSUER}/`,
        ISSUER.toUpperCase(),
        ` ${ISSUER}`,
        `${ISSUER}\u0000`,
        [ISSUER],
        [[ISSUER]],
        { toString: ISSUER },
        ISSUER.slice(0, -1),
        ISSUER.replace('e', '\u0435'),
        ISSUER,
      ]),
    ),
  'an audience that looks alike': (json, dice) =>
    changeMember(
      json,
      'aud',
      dice.pick<unknown>([
        `${AUDIENCE}/`,
        AUDIENCE.toUpperCase(),
        [],
        [[AUDIENCE]],
        [AUDIENCE, 1],
        [AUDIENCE, null],
        [null, AUDIENCE],
        { 0: AUDIENCE },
        `x ${AUDIENCE}`,
        [AUDIENCE, AUDIENCE],
        '*',
        AUDIENCE,
        [AUDIENCE, 'x'],
      ]),
    ),
}

/** Every signed mutation by name. */
export const SIGNED_MUTATIONS: Readonly<Record<string, SignedMutation>> = {
  ...inPart('header', { ...TEXT_EDITS, ...HEADER_EDITS }),
  ...inPart('payload', { ...TEXT_EDITS, ...PAYLOAD_EDITS }),
  'signed: another algorithm of the same key': ({ header, payload }, dice, key) => {
    const scheme = profileOf(key.algorithm).keyType
    const fitting = acceptedAlgorithms(key.algorithm).filter(name => profileOf(name).keyType === scheme)
    const algorithm: Algorithm = dice.pick(fitting)
    return signToken(
      key,
      changeMember(header, 'alg', dice.roll(4) === 0 ? key.algorithm : algorithm),
      payload,
      algorithm,
    )
  },
  'signed: base64 that is not canonical': ({ header, payload }, dice, key) => {
    const change = dice.pick<(part: string) => string>([
      part => `${part}=`,
      part => `${part}\n`,
      part => ` ${part}`,
      part => Buffer.from(part, 'base64url').toString('base64'),
      part => part + dice.pick(['A', 'AA', 'B']),
      part => part.slice(0, -1),
    ])
    const parts = [encode(header), encode(payload)]
    const at = dice.roll(2)
    parts[at] = change(parts[at] ?? '')
    return signParts(key, parts[0] ?? '', parts[1] ?? '')
  },
}

function inPart(
  part: 'header' | 'payload',
  edits: Readonly<Record<string, Edit>>,
): Readonly<Record<string, SignedMutation>> {
  const toMutation =
    (edit: Edit): SignedMutation =>
    ({ header, payload }, dice, key) =>
      part === 'header'
        ? signToken(key, edit(header, dice), payload)
        : signToken(key, header, edit(payload, dice))
  return Object.fromEntries(
    Object.entries(edits).map(([name, edit]) => [`signed ${part}: ${name}`, toMutation(edit)]),
  )
}
