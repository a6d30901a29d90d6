/**
 * @typedef {object} Example
 * @property {number} line of the code's first line in its file, from 1
 * @property {string} code
 */

/**
 * The TypeScript blocks of a Markdown file. A comment before a block says what the reader already has:
 * `<!-- declare: const token: string -->` declares it, `<!-- resolve: ./a.js as ./b.js -->` names where it is here.
 *
 * @param {string} markdown
 * @returns {Example[]}
 */
export function findMarkdownExamples(markdown) {
  const blocks = markdown.matchAll(
    /(?:<!-- (declare|resolve): (.*?) -->\s*\n)?^```(?:ts|typescript)\n([\s\S]*?)^```$/gm,
  )
  return [...blocks].map(({ 0: block, 1: kind, 2: note = '', 3: code = '', index }) => ({
    line: lineAt(markdown, index + block.indexOf(code)),
    code: kind === 'resolve' ? resolve(code, note) : declare(note) + code,
  }))
}

/**
 * The TypeScript blocks behind `@example` in the doc comments of a source file.
 *
 * @param {string} source
 * @returns {Example[]}
 */
export function findCommentExamples(source) {
  const blocks = source.matchAll(/^ *\* ```ts\n((?: *\*.*\n)*?) *\* ```$/gm)
  return [...blocks].map(({ 1: code = '', index }) => ({
    line: lineAt(source, index) + 1,
    code: code.replace(/^ *\* ?/gm, ''),
  }))
}

/**
 * @param {string} code
 * @param {string} note
 */
function resolve(code, note) {
  const [written = '', here = ''] = note.split(' as ')
  return code.replaceAll(`'${written}'`, `'${here}'`)
}

/** @param {string} declarations */
function declare(declarations) {
  // on the first line of the code, so that line numbers stay
  return declarations === '' ? '' : `${declarations.replace(/(^|; *)(?=\S)/g, '$1declare ')}; `
}

/**
 * @param {string} text
 * @param {number} index
 */
function lineAt(text, index) {
  return text.slice(0, index).split('\n').length
}
