import ts from 'typescript'

/**
 * A test that says which requirements it proves, in a comment right above it: `// covers ASVS-9.1.1, RFC8725-3.1`.
 *
 * @typedef {object} Tag
 * @property {string} requirement
 * @property {string} file relative to the workspace root
 * @property {string} title of the test, behind those of the groups around it
 *
 * @typedef {object} StrayTag
 * @property {string} file
 * @property {number} line
 * @property {string} message
 */

const TAG = /^\/\/ covers (.+)$/
const LOOKS_LIKE_TAG = /^\/\/\s*covers\b/i
const REQUIREMENT = /^[A-Z]+\d*-\d+(\.\d+)*$/
const TESTS = new Set(['it', 'test', 'describe'])
const OFF = new Set(['skip', 'todo', 'skipIf', 'runIf', 'fails'])

/**
 * Finds the tags of one test file. A tag that stands above anything but a test that runs is a stray one.
 *
 * @param {{ display: string, syntax: ts.SourceFile }} file
 * @returns {{ tags: Tag[], strays: StrayTag[] }}
 */
export function findTags({ display, syntax }) {
  const text = syntax.text
  /** @type {Map<number, Tag[]>} position of the comment to its tags */
  const found = new Map()
  /** @type {StrayTag[]} */
  const strays = []

  /**
   * @param {ts.Node} node
   * @param {readonly string[]} titles
   */
  const visit = (node, titles) => {
    const call = ts.isExpressionStatement(node) ? testCall(node.expression) : undefined
    const inner = call ? [...titles, call.title] : titles
    if (call) {
      for (const { pos, end } of ts.getLeadingCommentRanges(text, node.pos) ?? []) {
        const names = TAG.exec(text.slice(pos, end))?.[1]
        if (names === undefined) continue
        if (call.isOff) strays.push(strayAt(pos, 'stands above a test that does not run'))
        found.set(pos, toTags(names, inner, pos))
      }
    }
    ts.forEachChild(node, child => visit(child, inner))
  }

  /**
   * @param {string} names
   * @param {readonly string[]} titles
   * @param {number} pos
   */
  const toTags = (names, titles, pos) =>
    names.split(', ').map(requirement => {
      if (!REQUIREMENT.test(requirement)) strays.push(strayAt(pos, `'${requirement}' names no requirement`))
      return { requirement, file: display, title: titles.join(' › ') }
    })

  /**
   * @param {number} pos
   * @param {string} message
   */
  const strayAt = (pos, message) => ({
    file: display,
    line: syntax.getLineAndCharacterOfPosition(pos).line + 1,
    message,
  })

  visit(syntax, [])
  for (const { index, 0: line } of text.matchAll(/\/\/.*$/gm)) {
    if (LOOKS_LIKE_TAG.test(line) && !found.has(index)) strays.push(strayAt(index, 'stands above no test'))
  }
  return { tags: [...found.values()].flat(), strays }
}

/**
 * `it('title', ...)`, `describe.each(rows)('title', ...)`, `kit.it('title', ...)`.
 *
 * @param {ts.Expression} expression
 * @returns {{ title: string, isOff: boolean } | undefined}
 */
function testCall(expression) {
  if (!ts.isCallExpression(expression)) return undefined
  const names = calledNames(expression.expression)
  const [title] = expression.arguments
  if (!names.some(name => TESTS.has(name)) || title === undefined) return undefined
  return { title: titleText(title), isOff: names.some(name => OFF.has(name)) }
}

/**
 * @param {ts.Expression} expression
 * @returns {readonly string[]} every name in `a.b(...).c`
 */
function calledNames(expression) {
  if (ts.isIdentifier(expression)) return [expression.text]
  if (ts.isPropertyAccessExpression(expression)) {
    return [...calledNames(expression.expression), expression.name.text]
  }
  if (ts.isCallExpression(expression)) return calledNames(expression.expression)
  if (ts.isTaggedTemplateExpression(expression)) return calledNames(expression.tag)
  return []
}

/** @param {ts.Expression} title */
function titleText(title) {
  return ts.isStringLiteralLike(title) ? title.text : title.getText().replace(/^`|`$/g, '')
}
