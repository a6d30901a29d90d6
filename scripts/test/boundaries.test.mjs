import assert from 'node:assert/strict'
import { test } from 'node:test'
import { violationsWith } from './fixture-workspace.mjs'

const CORE = 'packages/core/src/subject.ts'
const HTTP = 'packages/http/src/subject.ts'

test('a workspace in which every rule holds has no violations', () => {
  assert.deepEqual(violationsWith({}), [])
})

/** @type {[name: string, changes: Record<string, string>, expected: string[]][]} */
const imports = [
  ['core imports http', { [CORE]: "\nimport '@authcore/http'\n" }, [`${CORE}:2 import-direction`]],
  [
    'a type alone goes in the wrong direction',
    { [CORE]: "export type Request = import('@authcore/http').Request\n" },
    [`${CORE}:1 import-direction`],
  ],
  [
    'an import() goes in the wrong direction',
    { [CORE]: "export const load = () => import('@authcore/http')\n" },
    [`${CORE}:1 import-direction`],
  ],
  [
    'an export goes in the wrong direction',
    { [CORE]: "export * from '@authcore/http'\n" },
    [`${CORE}:1 import-direction`],
  ],
  [
    'a package without a line in the table',
    {
      'packages/other/package.json': JSON.stringify({
        name: '@authcore/other',
        dependencies: { '@authcore/core': '' },
      }),
      'packages/other/src/index.ts': "import '@authcore/core'\n",
    },
    ['packages/other/src/index.ts:1 import-direction'],
  ],
  ['a package imports itself', { [HTTP]: "import '@authcore/http'\n" }, [`${HTTP}:1 import-direction`]],
  [
    'a package that does not exist',
    { [HTTP]: "import '@authcore/nothing'\n" },
    [`${HTTP}:1 unknown-package`],
  ],
  [
    'the sources of another package',
    { [HTTP]: "import '@authcore/core/src/x.js'\n" },
    [`${HTTP}:1 public-entry`],
  ],
  [
    'the output of another package',
    { [HTTP]: "import '@authcore/core/dist/jwt.js'\n" },
    [`${HTTP}:1 public-entry`],
  ],
  [
    'a test reaches into another package',
    { 'packages/http/test/a.test.ts': "import '@authcore/core/src/x.js'\n" },
    ['packages/http/test/a.test.ts:1 public-entry'],
  ],
  [
    'a test leaves its package by a relative path',
    { 'packages/http/test/a.test.ts': "import '../../core/src/index.js'\n" },
    ['packages/http/test/a.test.ts:1 relative-import'],
  ],
  [
    'a source leaves its package by a relative path',
    { [HTTP]: "import '../../core/src/index.js'\n" },
    [`${HTTP}:1 relative-import`],
  ],
  ['a source imports a test', { [HTTP]: "import '../test/clock.js'\n" }, [`${HTTP}:1 relative-import`]],
  [
    'an app imports the sources of a package',
    { 'apps/demo/src/a.ts': "import '@authcore/core/src/x.js'\n" },
    ['apps/demo/src/a.ts:1 public-entry'],
  ],
  [
    'a dependency that is not declared',
    { [CORE]: "import 'left-pad'\n" },
    [`${CORE}:1 undeclared-dependency`],
  ],
  [
    'a computed module name',
    { [CORE]: 'export const load = (x: string) => import(x)\n' },
    [`${CORE}:1 computed-import`],
  ],
  ['core imports a module of Node', { [CORE]: "import 'node:fs'\n" }, [`${CORE}:1 node-import`]],
  ['core imports a module of Node without a prefix', { [CORE]: "import 'fs'\n" }, [`${CORE}:1 node-import`]],
  [
    'the web backend imports a module of Node',
    { 'packages/core/src/crypto/web.ts': "import 'node:crypto'\n" },
    ['packages/core/src/crypto/web.ts:1 node-import'],
  ],
  ['http imports a module of Node', { [HTTP]: "import 'node:http'\n" }, [`${HTTP}:1 node-import`]],
]
for (const [name, changes, expected] of imports) {
  test(`imports: ${name}`, () => assert.deepEqual(violationsWith(changes), expected))
}

test('imports: a subpath that is exported, a declared dependency and a test of the own sources are fine', () => {
  const changes = {
    [HTTP]: "import '@authcore/core/jwt'\n",
    [CORE]: "import { importJWK } from 'jose'\nexport const load = importJWK\n",
    'packages/http/test/a.test.ts': "import 'node:http'\nimport '../src/index.js'\nimport 'vitest'\n",
  }
  assert.deepEqual(violationsWith(changes), [])
})

/** @type {[name: string, changes: Record<string, string>, expected: string[]][]} */
const cycles = [
  [
    'two files',
    { [CORE]: "import './b.js'\n", 'packages/core/src/b.ts': "\nimport './subject.js'\n" },
    [`${CORE}:1 import-cycle`],
  ],
  [
    'three files, by types and exports',
    {
      'packages/http/src/a.ts': "import type { B } from './b.js'\nexport type A = B\n",
      'packages/http/src/b.ts': "export type { C as B } from './c.js'\n",
      'packages/http/src/c.ts': "export type C = import('./a.js').A\n",
    },
    ['packages/http/src/c.ts:1 import-cycle'],
  ],
  ['a file imports itself', { [HTTP]: "import './subject.js'\n" }, [`${HTTP}:1 import-cycle`]],
  [
    'through the backend that a runtime chooses',
    {
      [CORE]: "import '#crypto'\n",
      'packages/core/src/crypto/web.ts': "import '../subject.js'\n",
    },
    [`${CORE}:1 import-cycle`],
  ],
]
for (const [name, changes, expected] of cycles) {
  test(`cycles: ${name}`, () => assert.deepEqual(violationsWith(changes), expected))
}

test('cycles: two ways to the same file are none', () => {
  const changes = {
    [HTTP]: "import './a.js'\nimport './b.js'\n",
    'packages/http/src/a.ts': "import './b.js'\n",
    'packages/http/src/b.ts': 'export {}\n',
  }
  assert.deepEqual(violationsWith(changes), [])
})

const forbiddenGlobals = [
  'Date.now()',
  "Date['now']()",
  'globalThis.Date.now()',
  'new Date()',
  'new Date',
  'new Date(...[])',
  'Date()',
  '[Date]',
  'performance.now()',
  'Math.random()',
  '({ Math })',
  'crypto.getRandomValues(new Uint8Array(1))',
  'crypto.randomUUID()',
  "globalThis['crypto'].randomUUID()",
  'process.env',
  '({ process })',
  "fetch('x')",
  'globalThis.fetch',
  '[globalThis]',
  'self.fetch',
  'console.log(1)',
  'setTimeout(() => 1, 1)',
  'setInterval(() => 1, 1)',
  'AbortSignal.timeout(1)',
  "Buffer.from('x')",
]
for (const expression of forbiddenGlobals) {
  test(`globals: core may not use ${expression}`, () => {
    assert.deepEqual(violationsWith({ [CORE]: `\nexport const value = ${expression}\n` }), [
      `${CORE}:2 core-globals`,
    ])
  })
}

const forbiddenStatements = [
  'const { random } = Math\nexport { random }',
  'const { fetch } = globalThis\nexport { fetch }',
  'declare const process: unknown\nexport { process }',
  'declare global { var fetch: unknown }',
]
for (const statement of forbiddenStatements) {
  test(`globals: core may not hide them in ${statement.split('\n')[0]}`, () => {
    assert.deepEqual(violationsWith({ [CORE]: statement }), [`${CORE}:1 core-globals`])
  })
}

const harmless = [
  'export const at = (instant: number): Date => new Date(instant)',
  'export const isDate = (value: unknown) => value instanceof Date',
  'export const year = Date.UTC(2020, 0)',
  'export const floor = Math.floor(1.5)',
  'export const load = ({ fetch }: { fetch: (url: string) => void }) => fetch("x")',
  'export const load = (ports: { fetch: () => void; crypto: 1 }) => [ports.fetch(), ports.crypto]',
  'export const load = ({ fetch: get }: { fetch: () => void }) => get()',
  'export const setTimeout = 1\nexport const twice = setTimeout * 2',
  'export type Fetch = typeof globalThis.fetch',
  '// Date.now() and process\nexport const text = "console.log"',
]
for (const source of harmless) {
  test(`globals: core may write ${source.split('\n')[0]}`, () => {
    assert.deepEqual(violationsWith({ [CORE]: source }), [])
  })
}

test('globals: only core is held to them', () => {
  assert.deepEqual(violationsWith({ [HTTP]: 'export const now = Date.now()\n' }), [])
})

test('globals: the folder of signatures uses subtle, and nothing else of crypto', () => {
  const file = 'packages/core/src/jws/web.ts'
  assert.deepEqual(violationsWith({ [file]: 'export const verify = crypto.subtle.verify\n' }), [])
  assert.deepEqual(violationsWith({ [file]: 'export const id = crypto.randomUUID()\n' }), [
    `${file}:1 core-globals`,
  ])
})

/** @type {[name: string, source: string, lines: number[]][]} */
const signatures = [
  [
    'a key that is given',
    "import type { VerificationKey } from './jws/types.js'\nexport const f = (key: VerificationKey) => key.verify('')\n",
    [2],
  ],
  [
    'a key that is looked up, and taken apart',
    "import { importKey } from './jws/types.js'\nconst key = await importKey()\nexport const { verify } = key\n",
    [3],
  ],
  [
    'a member in brackets',
    "import type { SigningKey } from './jws/types.js'\nexport const f = (key: SigningKey) => key['sign']('')\n",
    [2],
  ],
  ['jose', "import { importJWK, jwtVerify } from 'jose'\nexport const f = [importJWK, jwtVerify]\n", [1]],
  ['jose under another name', "import { SignJWT as Token } from 'jose'\nexport const f = Token\n", [1]],
  ['jose, exported', "export { compactVerify } from 'jose'\n", [1]],
  ['jose as a whole', "import * as jose from 'jose'\nexport const f = jose\n", [1]],
]
for (const [name, source, lines] of signatures) {
  test(`signatures: ${name}`, () => {
    assert.deepEqual(
      violationsWith({ [CORE]: source }),
      lines.map(line => `${CORE}:${line} core-signatures`),
    )
  })
}

test('signatures: node:crypto and subtle', () => {
  assert.ok(
    violationsWith({
      [CORE]: "import { createVerify } from 'node:crypto'\nexport { createVerify }\n",
    }).includes(`${CORE}:1 core-signatures`),
  )
  assert.ok(
    violationsWith({ [CORE]: 'export const { subtle } = crypto\n' }).includes(`${CORE}:1 core-signatures`),
  )
})

test('signatures: other things are called verify and sign too', () => {
  const source = [
    "import { verifyJws } from './jws/verify.js'",
    'export interface AccessTokens { verify(token: string): unknown; sign: number }',
    "export const f = (tokens: AccessTokens) => [tokens.verify(''), tokens.sign, verifyJws]",
    '',
  ].join('\n')
  assert.deepEqual(violationsWith({ [CORE]: source }), [])
})
