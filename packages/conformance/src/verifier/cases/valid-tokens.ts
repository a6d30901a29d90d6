import { type AttackCase, defineCases } from '../attack-case.js'

/** Tokens that must be accepted: without them a verifier that refuses everything would pass. */
export const VALID_CASES: readonly AttackCase[] = defineCases(
  {
    group: 'valid',
    level: 'valid',
    reason: 'RFC 7519 section 7.2: nothing is wrong with it',
  },
  {
    plain: ['a token as any issuer makes it', {}],
    'audience-list': ['aud is an array of one', { payload: { set: { aud: ['<audience>'] } } }],
    'audience-among-others': [
      'aud is an array with others',
      { payload: { set: { aud: ['https://other.example', '<audience>'] } } },
    ],
    'not-before-past': ['nbf in the past', { payload: { set: { nbf: { $past: 60 } } } }],
    'expires-soon': ['exp in a minute', { payload: { set: { exp: { $now: 60 } } } }],
    'expires-late': ['exp in ten years', { payload: { set: { exp: { $now: 315_360_000 } } } }],
    'fraction-of-a-second': [
      'exp with a fraction',
      { payload: { set: { exp: { $now: 900.5 } } } },
      { reason: 'RFC 7519 section 2: a NumericDate may have a fraction' },
    ],
    'unknown-header': [
      'a header member that nobody knows',
      { header: { set: { 'x-trace': 'abc' } } },
      { reason: 'RFC 7515 section 4: what is not understood is ignored' },
    ],
    'unknown-claims': [
      'claims that nobody knows, of every type',
      { payload: { set: { tenant: { id: 7, tags: ['a', null, true, 1.5, {}] }, empty: [], prototype: {} } } },
      { reason: 'RFC 7519 section 4: claims that are not understood are ignored' },
    ],
    unicode: ['letters of many alphabets', { payload: { set: { sub: 'ünïcödé-日本-😀' } } }],
    escapes: [
      'a claim with escapes',
      { payload: { last: '"name":"\\u0041\\/\\"\\\\\\n\\ud83d\\ude00"' } },
      { reason: 'RFC 8259 section 7: escapes are ordinary' },
    ],
    'white-space': [
      'white space between the members',
      { payload: { text: ' \n\t<json>\r\n ' } },
      { reason: 'RFC 8259 section 2: white space is allowed around the six structural characters' },
    ],
    'members-in-other-order': [
      'typ and kid before alg',
      { header: { remove: ['alg'], last: '"alg":"<algorithm>"' } },
    ],
    'type-with-prefix': [
      'typ with application/ before it',
      { header: { set: { typ: 'application/<typ>' } } },
      {
        reason: 'RFC 7515 section 4.1.9: application/ may stand there or be left out',
        when: { expectsType: true },
      },
    ],
    'same-name-in-two-objects': [
      'one name in two objects',
      { payload: { set: { act: { sub: 'a' }, may_act: { sub: 'b' } } } },
    ],
    'brackets-in-text': [
      'brackets and colons in a text',
      { payload: { set: { note: `"${'[{:'.repeat(50)}` } } },
    ],
    '2000-characters': ['a claim of 2000 characters', { payload: { set: { note: { $long: 2000 } } } }],
    nested: ['ten objects within each other', { payload: { set: { deep: { $nested: 10 } } } }],
  },
)
