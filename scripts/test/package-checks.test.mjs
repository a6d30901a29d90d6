import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { findFileProblems } from '../package-checks/file-problems.mjs'
import { findPublishingProblems } from '../package-checks/publishing-problems.mjs'
import { findResolutionProblems } from '../package-checks/resolution-problems.mjs'
import { findTypeProblems } from '../package-checks/type-problems.mjs'

const NAME = '@authcore/core'
const MANIFEST = {
  name: NAME,
  version: '1.0.0',
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  engines: { node: '>=20.19' },
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  files: ['dist'],
}
const GOOD = {
  'package.json': JSON.stringify(MANIFEST),
  'README.md': '# x\n',
  'dist/index.js': 'export const one = 1\n',
  'dist/index.d.ts': 'export declare const one: number\n',
  'src/index.ts': 'export const one = 1\n',
}
const LISTS = { [NAME]: ['README.md', 'package.json', 'dist/index.js', 'dist/chunks/*.js', 'dist/**/*.d.ts'] }

/**
 * @param {Record<string, string | undefined>} changes path to content; `undefined` removes a file
 * @param {(packed: import('../package-checks/check-packages.mjs').PackedPackage) => T | Promise<T>} examine
 * @template T
 * @returns {Promise<T>}
 */
async function withPackage(changes, examine) {
  const root = mkdtempSync(join(tmpdir(), 'authcore-package-'))
  const contents = join(root, 'package')
  const tarball = join(root, 'package.tgz')
  const sources = Object.fromEntries(
    Object.entries({ ...GOOD, ...changes }).filter(([, content]) => content !== undefined),
  )
  try {
    for (const [path, content = ''] of Object.entries(sources)) {
      mkdirSync(join(contents, dirname(path)), { recursive: true })
      writeFileSync(join(contents, path), content)
    }
    execFileSync('tar', ['-czf', tarball, '-C', root, '--exclude=src', 'package'])
    const files = Object.keys(sources).filter(path => !path.startsWith('src/'))
    return await examine({ name: NAME, directory: contents, contents, tarball, files })
  } finally {
    rmSync(root, { recursive: true })
  }
}

/** @param {object} change */
function manifestWith(change) {
  return { 'package.json': JSON.stringify({ ...MANIFEST, ...change }) }
}

test('a good package has no problems', () =>
  withPackage({}, async packed => {
    assert.deepEqual(findFileProblems(packed, LISTS), [])
    assert.deepEqual(await findPublishingProblems(packed), [])
    assert.deepEqual(await findResolutionProblems(packed), [])
    assert.deepEqual(findTypeProblems(packed), [])
  }))

test('files: chunks are in use and paired with their source maps', async () => {
  const chunks = {
    'dist/index.js': "import { one } from './chunks/ABCD2345.js'\nexport { one }\n",
    'dist/chunks/ABCD2345.js': "export * from './WXYZ2345.js'\n",
    'dist/chunks/ABCD2345.js.map': '{}',
    'dist/chunks/WXYZ2345.js': 'export const one = 1\n',
  }
  assert.deepEqual(await withPackage(chunks, packed => findFileProblems(packed, LISTS)), [
    'is missing: dist/chunks/WXYZ2345.js.map',
  ])
})

for (const path of [
  'src.ts',
  'test/a.test.ts',
  'dist/stale.js',
  'dist/stale.d.ts',
  'dist/chunks/name.js',
  'dist/chunks/OLDER234.js',
]) {
  test(`files: ${path} must not be packed`, async () => {
    assert.deepEqual(await withPackage({ [path]: '' }, packed => findFileProblems(packed, LISTS)), [
      `must not be packed: ${path}`,
    ])
  })
}

test('files: a missing licence is noticed', async () => {
  const lists = { [NAME]: [...(LISTS[NAME] ?? []), 'LICENSE'] }
  assert.deepEqual(await withPackage({}, packed => findFileProblems(packed, lists)), ['is missing: LICENSE'])
})

test('files: a source without a declaration is noticed', async () => {
  assert.deepEqual(await withPackage({ 'src/a/b.ts': '' }, packed => findFileProblems(packed, LISTS)), [
    'is missing: dist/a/b.d.ts',
  ])
})

test('files: a package without a list is noticed', async () => {
  assert.equal((await withPackage({}, packed => findFileProblems(packed, {}))).length, 1)
})

test('publint: an export that does not exist', async () => {
  const changes = manifestWith({ exports: { '.': './dist/nothing.js' } })
  assert.equal((await withPackage(changes, findPublishingProblems)).length, 1)
})

test('publint: CommonJS in a package of ES modules', async () => {
  const problems = await withPackage({ 'dist/index.js': 'module.exports = 1\n' }, findPublishingProblems)
  assert.equal(problems.length, 1)
})

test('types: an entry that has none, beside one that has some', async () => {
  const changes = {
    ...manifestWith({ exports: { ...MANIFEST.exports, './bare': './dist/bare.js' } }),
    'dist/bare.js': 'export const two = 2\n',
  }
  assert.ok((await withPackage(changes, findResolutionProblems)).length > 0)
})

test('types: declarations that do not resolve', async () => {
  const changes = manifestWith({
    exports: { '.': { types: './dist/nothing.d.ts', default: './dist/index.js' } },
  })
  assert.ok((await withPackage(changes, findResolutionProblems)).length > 0)
})

test('types: a package that has none at all', async () => {
  const changes = {
    ...manifestWith({ exports: './dist/plain.js' }),
    'dist/plain.js': 'export const one = 1\n',
  }
  const problems = await withPackage({ ...changes, 'dist/index.d.ts': undefined }, findResolutionProblems)
  assert.deepEqual(problems, ['no types'])
})

/** @type {[name: string, declaration: string][]} */
const foreignTypes = [
  ['of Node', 'export declare const bytes: Buffer\n'],
  ['of the DOM', 'export declare const url: URL\n'],
  ['of WebCrypto', 'export declare const key: CryptoKey\n'],
  ['of a module of Node', "export type { KeyObject } from 'node:crypto'\n"],
  ['of the internal backend', "export { backend } from '#crypto'\n"],
  ['by a reference', '/// <reference types="node" />\nexport {}\n'],
  ['by a reference to a library', '/// <reference lib="dom" />\nexport declare const url: URL\n'],
]
for (const [name, declaration] of foreignTypes) {
  test(`neutral types: one ${name} is noticed`, async () => {
    const problems = await withPackage({ 'dist/index.d.ts': declaration }, findTypeProblems)
    assert.ok(problems.length > 0)
  })
}

test('neutral types: a package without declarations is noticed', async () => {
  const problems = await withPackage({}, packed => findTypeProblems({ ...packed, files: ['package.json'] }))
  assert.equal(problems.length, 1)
})
