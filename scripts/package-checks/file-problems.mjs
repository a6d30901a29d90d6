import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { ROOT } from '../root.mjs'

/**
 * The tarball holds exactly the files that `package-files.json` lists for the package. Two of its entries stand for
 * many: `dist/chunks/*.js` for code that entries share (named by hash), `dist/**\/*.d.ts` for one declaration for
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
      return files
        .filter(file => /^dist\/chunks\/[A-Z0-9]{8}\.js$/.test(file))
        .flatMap(file => [file, `${file}.map`])
    case 'dist/**/*.d.ts':
      return declarationsOf(join(directory, 'src'))
    default:
      return [entry]
  }
}

/** @param {string} sources */
function declarationsOf(sources) {
  if (!existsSync(sources)) return []
  return readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .map(file => `dist/${file.split(sep).join('/').replace(/\.ts$/, '.d.ts')}`)
}
