import assert from 'node:assert/strict'
import { test } from 'node:test'
import ts from 'typescript'
import { findTags } from '../trace/find-tags.mjs'
import { findTraceProblems, renderTrace } from '../trace/trace-table.mjs'

/** @param {string} source */
function tagsOf(source) {
  return findTags({
    display: 'a.test.ts',
    syntax: ts.createSourceFile('a.test.ts', source, ts.ScriptTarget.ES2022, true),
  })
}

test('a tag is found above a test, with the titles around it', () => {
  const { tags, strays } = tagsOf(`
    describe('outer', () => {
      // covers ASVS-9.1.1, RFC8725-3.1
      it('inner', () => {})
      // another comment
      // covers ASVS-9.1.2
      it.each(rows)('row $name', () => {})
    })
    // covers RFC9700-2.1.1
    kit.describe(\`of \${name}\`, () => {})
  `)
  assert.deepEqual(strays, [])
  assert.deepEqual(tags, [
    { requirement: 'ASVS-9.1.1', file: 'a.test.ts', title: 'outer › inner' },
    { requirement: 'RFC8725-3.1', file: 'a.test.ts', title: 'outer › inner' },
    { requirement: 'ASVS-9.1.2', file: 'a.test.ts', title: 'outer › row $name' },
    { requirement: 'RFC9700-2.1.1', file: 'a.test.ts', title: `of \${name}` },
  ])
})

test('a tag that stands above no running test is a stray one', () => {
  const cases = [
    '// covers ASVS-9.1.1\nconst a = 1',
    'it("a", () => {\n  // covers ASVS-9.1.1\n  expect(1).toBe(1)\n})',
    '// covers ASVS-9.1.1\nit.skip("a", () => {})',
    '// covers ASVS 9.1.1\nit("a", () => {})',
    '// Covers ASVS-9.1.1\nit("a", () => {})',
    'const x = "// covers ASVS-9.1.1"',
  ]
  for (const source of cases) assert.equal(tagsOf(source).strays.length, 1, source)
})

const STANDARDS = [
  {
    prefix: 'X',
    title: 'Standard',
    url: 'https://example.com',
    chapters: [
      {
        title: 'Chapter',
        requirements: [
          { id: '1', level: 1, summary: 'proved' },
          { id: '2', summary: 'elsewhere', responsible: 'application: does it' },
          { id: '3', summary: 'open', gap: 'not at all' },
        ],
      },
    ],
  },
]
const TAG = { requirement: 'X-1', file: 'a.test.ts', title: 'a | b' }

test('the page answers every requirement', () => {
  const page = renderTrace(STANDARDS, [TAG])
  assert.match(page, /\| Standard \| 3 \| 1 \| 1 \| 1 \|/)
  assert.match(page, /\| 1 \| 1 \| proved \| \[a \\\| b\]\(\.\.\/\.\.\/a\.test\.ts\) \|/)
  assert.match(page, /\| elsewhere \| \*\*application\*\*: does it \|/)
  assert.match(page, /\| open \| \*\*not covered\*\*: not at all \|/)
  assert.deepEqual(findTraceProblems(STANDARDS, [TAG]), [])
})

test('a requirement without an answer, an unknown one and an outdated gap are problems', () => {
  assert.match(findTraceProblems(STANDARDS, []).join(), /X-1: no test covers it/)
  assert.match(findTraceProblems(STANDARDS, [TAG, { ...TAG, requirement: 'X-9' }]).join(), /X-9 is not in/)
  assert.match(
    findTraceProblems(STANDARDS, [TAG, { ...TAG, requirement: 'X-3' }]).join(),
    /X-3: a test covers/,
  )
})
