import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readWorkspace } from '../boundaries/workspace.mjs'
import { ROOT } from '../root.mjs'
import { checked } from '../tally.mjs'
import { findTags } from './find-tags.mjs'
import { findTraceProblems, renderTrace } from './trace-table.mjs'

const PAGE = join(ROOT, 'docs/trace/README.md')
const REQUIREMENTS = join(ROOT, 'docs/trace/requirements.json')

/** Tests of stores are written in the sources of the contract kit. */
const KIT = /^packages\/conformance\/src\//

/**
 * Checks that every requirement has an answer, every tag a test, and the page says what they say.
 *
 * @returns {import('../tally.mjs').Entry[]}
 */
export function checkTrace() {
  const { problems, page } = readTrace()
  const written = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : ''
  const drift = written === page ? [] : ['docs/trace/README.md is out of date: run `npm run trace`']
  for (const problem of [...problems, ...drift]) console.error(problem)
  return [
    checked('trace: every requirement has an answer', problems.length === 0),
    checked('trace: the page is up to date', drift.length === 0),
  ]
}

/**
 * Writes the page.
 *
 * @returns {boolean} whether there were no problems
 */
export function writeTrace() {
  const { problems, page } = readTrace()
  writeFileSync(PAGE, page)
  for (const problem of problems) console.error(problem)
  return problems.length === 0
}

function readTrace() {
  const { standards } = JSON.parse(readFileSync(REQUIREMENTS, 'utf8'))
  const files = readWorkspace(ROOT).flatMap(({ files }) => files)
  const found = files.filter(({ area, display }) => area === 'test' || KIT.test(display)).map(findTags)
  const tags = found.flatMap(file => file.tags)
  const strays = found.flatMap(file => file.strays)
  return {
    page: renderTrace(standards, tags),
    problems: [
      ...strays.map(({ file, line, message }) => `${file}:${line}: the comment ${message}`),
      ...findTraceProblems(standards, tags),
    ],
  }
}
