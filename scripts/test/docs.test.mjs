import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { compileExamples } from '../docs/check-docs.mjs'
import { findCommentExamples, findMarkdownExamples } from '../docs/find-examples.mjs'
import { ROOT } from '../root.mjs'

test('the TypeScript blocks of Markdown are found with their lines', () => {
  const markdown =
    'Title\n\n```ts\nconst one = 1\n```\n\n```sh\nls\n```\n<!-- declare: const x: string -->\n```ts\nx.length\n```\n'
  assert.deepEqual(findMarkdownExamples(markdown), [
    { line: 4, code: 'const one = 1\n' },
    { line: 12, code: 'declare const x: string; x.length\n' },
  ])
})

test('what a project generates is found where it is here', () => {
  const markdown = "<!-- resolve: ./client.js as ./test/client.js -->\n```ts\nimport './client.js'\n```\n"
  assert.deepEqual(findMarkdownExamples(markdown), [{ line: 3, code: "import './test/client.js'\n" }])
})

test('the blocks of doc comments are found without their stars', () => {
  const source = '/**\n * Text.\n * @example\n * ```ts\n * const one = 1\n *\n * use(one)\n * ```\n */\n'
  assert.deepEqual(findCommentExamples(source), [{ line: 5, code: 'const one = 1\n\nuse(one)\n' }])
})

test('an example that does not compile is reported with its place', () => {
  const file = join(ROOT, 'README.md')
  const examples = [{ line: 10, code: 'const one = 1\nconst two: string = one\n' }]
  const [problem, ...rest] = compileExamples({ file, directory: join(ROOT, 'apps/demo'), examples })
  assert.match(problem ?? '', /^README\.md:11 Type 'number' is not assignable to type 'string'/)
  assert.deepEqual(rest, [])
})
