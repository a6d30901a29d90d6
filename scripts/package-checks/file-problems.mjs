import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import ts from 'typescript'
import { ROOT } from '../root.mjs'

/**
 * The tarball holds exactly the files that `package-files.json` lists for the package. Two of its entries stand for
 * many: `dist/chunks/*.js` for the code that entries share (named by hash, each in use), `dist/**\/*.d.ts` for one declaration for
 * every source file.
 *
 * @param {Pick<import('./check-packages.mjs').PackedPackage, 'name' | 'directory' | 'files'>} packed
 * @param {Record<string, string[]>} [lists]
 * @returns {string[]}
 */
export function findFileProblems({ name, directory, files }, lists = readLists()) {
  const list = lists[name]
  if (!list) return [`${name} has no list in package-files.json`]
  const expected = new Set(list.flatMap(entry => expand(entry, directory, files)))
  return [
    ...files.filter(file => !expected.has(file)).map(file => `must not be packed: ${file}`),
    ...[...expected].filter(file => !files.includes(file)).map(file => `is missing: ${file}`),
  ]
}

/** @returns {Record<string, string[]>} */
function readLists() {
  return JSON.parse(readFileSync(join(ROOT, 'package-files.json'), 'utf8'))
}

/**
 * @param {string} entry
 * @param {string} directory
 * @param {readonly string[]} files
 * @returns {string[]}
 */
function expand(entry, directory, files) {
  switch (entry) {
    case 'dist/chunks/*.js':
      return chunksInUse(directory, files).flatMap(file => [file, `${file}.map`])
    case 'dist/**/*.d.ts':
      return declarationsOf(join(directory, 'src'))
    default:
      return [entry]
  }
}

/**
 * The chunks that an entry imports, by way of other chunks or not; a leftover of an older build is none.
 *
 * @param {string} directory
 * @param {readonly string[]} files
 * @returns {string[]}
 */
function chunksInUse(directory, files) {
  const isChunk = (/** @type {string} */ file) => /^dist\/chunks\/[A-Z0-9]{8}\.js$/.test(file)
  const reached = new Set(files.filter(file => file.endsWith('.js') && !isChunk(file)))
  // a set hands out what is added while it is read
  for (const file of reached) {
    for (const { fileName } of ts.preProcessFile(readFileSync(join(directory, file), 'utf8')).importedFiles) {
      const target = posix.join(posix.dirname(file), fileName)
      if (isChunk(target)) reached.add(target)
    }
  }
  return [...reached].filter(isChunk)
}

/** @param {string} sources */
function declarationsOf(sources) {
  if (!existsSync(sources)) return []
  return readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .map(file => `dist/${file.split(sep).join('/').replace(/\.ts$/, '.d.ts')}`)
}
