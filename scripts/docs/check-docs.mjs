import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import ts from 'typescript'
import { ROOT } from '../root.mjs'
import { checked } from '../tally.mjs'
import { workspacePackages } from '../workspace-packages.mjs'
import { findCommentExamples, findMarkdownExamples } from './find-examples.mjs'

/**
 * @typedef {object} DocumentedFile
 * @property {string} file absolute
 * @property {string} directory the package whose imports its examples may use
 * @property {import('./find-examples.mjs').Example[]} examples
 */

/**
 * Compiles every example of the READMEs and of the doc comments against the built packages, as a reader would.
 *
 * @returns {import('../tally.mjs').Entry[]}
 */
export function checkDocs() {
  return [...findPackagesWithoutExample(), ...findDocumentedFiles().map(compileDocumentedFile)]
}

/** @returns {import('../tally.mjs').Entry[]} every README of a public package shows how it is used */
function findPackagesWithoutExample() {
  return workspacePackages()
    .filter(({ isPublic }) => isPublic)
    .map(({ name, directory }) => {
      const { examples } = documentedMarkdown(join(directory, 'README.md'), directory)
      return report(`${name}: README with an example`, examples.length > 0 ? [] : ['it has none'])
    })
}

/**
 * @param {DocumentedFile} documented
 * @returns {import('../tally.mjs').Entry}
 */
function compileDocumentedFile(documented) {
  const name = `${relative(ROOT, documented.file)}: ${documented.examples.length} examples compile`
  return report(name, compileExamples(documented))
}

/**
 * @param {string} name
 * @param {readonly string[]} problems
 */
function report(name, problems) {
  console.log(problems.length === 0 ? `ok  ${name}` : `BAD ${name}`)
  for (const problem of problems) console.log(`      ${problem}`)
  return checked(name, problems.length === 0)
}

/** @returns {DocumentedFile[]} */
function findDocumentedFiles() {
  const demo = join(ROOT, 'apps/demo')
  const atRoot = readdirSync(ROOT)
    .filter(name => name.endsWith('.md'))
    .map(name => documentedMarkdown(join(ROOT, name), demo))
  const inPackages = workspacePackages().flatMap(({ directory }) => [
    documentedMarkdown(join(directory, 'README.md'), directory),
    ...sourcesOf(directory).map(file => ({
      file,
      directory,
      examples: findCommentExamples(readFileSync(file, 'utf8')),
    })),
  ])
  return [...atRoot, ...inPackages].filter(({ examples }) => examples.length > 0)
}

/**
 * @param {string} file
 * @param {string} directory
 * @returns {DocumentedFile}
 */
function documentedMarkdown(file, directory) {
  return {
    file,
    directory,
    examples: existsSync(file) ? findMarkdownExamples(readFileSync(file, 'utf8')) : [],
  }
}

/**
 * @param {string} directory
 * @returns {string[]} none for a package that is for tests alone
 */
function sourcesOf(directory) {
  const sources = join(directory, 'src')
  if (!existsSync(sources)) return []
  return readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !name.split(sep).includes('dist'))
    .map(name => join(sources, name))
}

/**
 * @param {DocumentedFile} documented
 * @returns {string[]}
 */
export function compileExamples({ file, directory, examples }) {
  // the texts exist in memory only, in a folder from which the package's imports resolve
  const texts = new Map(
    examples.map(({ code }, index) => [join(directory, `example-${index}.ts`), `${code}\nexport {}\n`]),
  )
  const program = ts.createProgram([...texts.keys()], COMPILER_OPTIONS, hostFor(texts))
  return [...texts.keys()].flatMap((name, index) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(name)).map(({ messageText, start = 0 }) => {
      const row = (texts.get(name) ?? '').slice(0, start).split('\n').length - 1
      const line = (examples[index]?.line ?? 1) + row
      return `${relative(ROOT, file)}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    }),
  )
}

/** @type {ts.CompilerOptions} */
const COMPILER_OPTIONS = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  typeRoots: [join(ROOT, 'node_modules/@types')],
  types: ['node'],
}

/** @param {ReadonlyMap<string, string>} texts */
function hostFor(texts) {
  const host = ts.createCompilerHost(COMPILER_OPTIONS)
  return {
    ...host,
    fileExists: (/** @type {string} */ name) => texts.has(name) || host.fileExists(name),
    readFile: (/** @type {string} */ name) => texts.get(name) ?? host.readFile(name),
    /** @type {ts.CompilerHost['getSourceFile']} */
    getSourceFile: (name, target, ...rest) => {
      const text = texts.get(name)
      return text === undefined
        ? host.getSourceFile(name, target, ...rest)
        : ts.createSourceFile(name, text, target, true)
    },
  }
}
