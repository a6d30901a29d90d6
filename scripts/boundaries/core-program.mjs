import { dirname, join, resolve } from 'node:path'
import ts from 'typescript'

/** @typedef {import('./workspace.mjs').SourceFile} SourceFile */

/**
 * The sources of core, bound against the language alone: what a runtime adds stays unresolved, and so is known as
 * a global of the runtime.
 *
 * @param {import('./workspace.mjs').Package[]} packages
 * @returns {{ files: SourceFile[], checker: ts.TypeChecker }}
 */
export function bindCore(packages) {
  const core = packages.find(({ kind, folder }) => kind === 'package' && folder === 'core')
  const files = core?.files.filter(({ area }) => area === 'src') ?? []
  const parsed = new Map(files.map(file => [file.path, file.syntax]))
  /** @type {ts.CompilerOptions} */
  const options = {
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    lib: ['lib.es2023.d.ts'],
    types: [],
  }
  const host = ts.createCompilerHost(options)
  const libraries = dirname(ts.getDefaultLibFilePath(options))
  const readLibrary = host.getSourceFile.bind(host)
  host.getSourceFile = (path, settings) =>
    parsed.get(path) ?? (resolve(path).startsWith(libraries) ? readLibrary(path, settings) : undefined)
  host.resolveModuleNameLiterals = (literals, importer) =>
    literals.map(({ text }) => {
      const path = core && sourcePath(core.directory, importer, text)
      const isKnown = path !== undefined && parsed.has(path)
      return { resolvedModule: isKnown ? { resolvedFileName: path, extension: '.ts' } : undefined }
    })
  const program = ts.createProgram({ rootNames: [...parsed.keys()], options, host })
  return { files, checker: program.getTypeChecker() }
}

/**
 * @param {string} directory
 * @param {string} importer
 * @param {string} specifier
 * @returns {string | undefined}
 */
function sourcePath(directory, importer, specifier) {
  // both backends have the same type
  if (specifier === '#crypto') return join(directory, 'src/crypto/node.ts')
  return specifier.startsWith('.') ? resolve(dirname(importer), specifier).replace(/\.js$/, '.ts') : undefined
}
