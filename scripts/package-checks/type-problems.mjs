import { readFileSync } from 'node:fs'
import { basename, join, sep } from 'node:path'
import ts from 'typescript'

/** Packages whose types must make sense in every runtime. */
const NEUTRAL = ['@authcore/core', '@authcore/http']

/**
 * The declarations of a neutral package, read against the language alone: a type of Node or of the DOM in them is a
 * name that does not exist. No package may show its internal `#names`, and modules of Node only where `dist/node/` says
 * that this part is for Node.
 *
 * @param {Pick<import('./check-packages.mjs').PackedPackage, 'name' | 'directory' | 'files'>} packed
 * @returns {string[]}
 */
export function findTypeProblems({ name, directory, files }) {
  const declarations = files.filter(file => file.endsWith('.d.ts')).map(file => join(directory, file))
  if (declarations.length === 0) return ['no declarations']
  const internal = declarations.flatMap(path => {
    const file = path.slice(directory.length + 1)
    const isForNode = file.replaceAll(sep, '/').startsWith('dist/node/')
    return internalReferences(path)
      .filter(text => !(isForNode && text.startsWith('node:')))
      .map(text => `${file}: ${text}`)
  })
  return NEUTRAL.includes(name) ? [...internal, ...runtimeReferences(directory, declarations)] : internal
}

/** @param {string} path */
function internalReferences(path) {
  const { importedFiles, typeReferenceDirectives } = ts.preProcessFile(readFileSync(path, 'utf8'))
  return [...importedFiles, ...typeReferenceDirectives].map(({ fileName }) => fileName).filter(isInternal)
}

/** @param {string} specifier */
function isInternal(specifier) {
  return specifier.startsWith('#') || specifier.startsWith('node:')
}

/**
 * @param {string} directory
 * @param {readonly string[]} declarations
 * @returns {string[]}
 */
function runtimeReferences(directory, declarations) {
  const program = ts.createProgram(declarations, {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2023.d.ts'],
    types: [],
  })
  const hidden = program.getSourceFiles().filter(({ fileName }) => /\/@types\/|\/lib\.dom/.test(fileName))
  // other packages are not ours to judge, unless they bring the types of a runtime along
  const own = new Set(declarations)
  const problems = declarations
    .flatMap(path => {
      const file = program.getSourceFile(path)
      return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
    })
    .filter(({ file }) => file && own.has(file.fileName))
    .map(({ file, start = 0, messageText }) => {
      const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1
      const text = ts.flattenDiagnosticMessageText(messageText, ' ')
      return `${file?.fileName.slice(directory.length + 1)}:${line}: ${text}`
    })
  return [...problems, ...hidden.map(({ fileName }) => `a dependency brings ${basename(fileName)}`)]
}
