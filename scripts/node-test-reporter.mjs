/**
 * A reporter of node:test that yields one line of JSON for every finished test.
 *
 * @param {AsyncIterable<import('node:test/reporters').TestEvent>} source
 */
export async function* nodeTestReporter(source) {
  for await (const event of source) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue
    const { name, skip, todo, details } = event.data
    if (details.type === 'suite') continue
    const isSkipped = (skip ?? todo ?? false) !== false
    const outcome = isSkipped ? 'skipped' : event.type === 'test:pass' ? 'passed' : 'failed'
    yield `${JSON.stringify({ name, outcome })}\n`
  }
}

// node:test takes the default export of a reporter
export default nodeTestReporter
