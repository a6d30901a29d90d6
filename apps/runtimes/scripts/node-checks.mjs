import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NODES, nodeProgram } from './hosts.mjs'
import { PLACE } from './places.mjs'
import { readPublishedPackages } from './published-packages.mjs'
import { runProgram } from './run-program.mjs'

const PLACE_OF_PACKAGES = join(PLACE, 'packages')

/** `require()` and `import` of every entry of every package, in every Node. */
export function requireChecks() {
  const packages = readPublishedPackages()
  const names = packages.flatMap(({ entries }) => entries)
  const script = join(PLACE_OF_PACKAGES, 'require.cjs')
  writeFileSync(
    script,
    `const names = ${JSON.stringify(names)}
;(async () => {
  for (const name of names) {
    const required = Object.keys(require(name)).sort().join()
    const imported = Object.keys(await import(name)).sort().join()
    if (required !== imported) throw new Error(name + ': ' + required + ' instead of ' + imported)
    // ports are types and nothing else
    if (required === '' && name !== '@authcore/core/ports') throw new Error(name + ' is empty')
  }
})()
`,
  )
  return NODES.map(name => ({
    name: `${name.replace('node-', 'Node ')}: require() and import of ${names.length} entries of ${packages.length} packages`,
    run: async () => {
      await runProgram(nodeProgram(name), [script], {
        cwd: PLACE_OF_PACKAGES,
        env: { ...process.env, NODE_OPTIONS: '' },
      })
    },
  }))
}

const RESOLUTIONS = /** @type {const} */ ([
  ['bundler', 'esnext', 'bundler'],
  ['node16', 'node16', 'node16'],
  ['nodenext', 'nodenext', 'nodenext'],
])

/** No `skipLibCheck`: the declarations themselves must compile. */
const OPTIONS = { strict: true, noEmit: true, target: 'es2022', types: [] }

const [OLDEST, NEWEST] = /** @type {const} */ (['typescript-5.5', 'typescript-6.0'])

/**
 * Entries whose declarations name `Request`, `Response`, `AbortSignal` or `URL`. Hono's own declarations do not compile with
 * the oldest TypeScript.
 */
const WITH_DOM = /** @type {Record<string, string[]>} */ ({
  '@authcore/hono': [NEWEST],
  '@authcore/hono/fetch': [OLDEST, NEWEST],
  '@authcore/oauth': [OLDEST, NEWEST],
  '@authcore/password': [OLDEST, NEWEST],
  '@authcore/conformance': [OLDEST, NEWEST],
})

/** The only entry for Node alone: its declarations name `Buffer`. */
const WITH_NODE = '@authcore/conformance/node'

/** The declarations compile for whoever uses them: oldest and newest TypeScript, every resolution, nothing ambient. */
export function typeChecks() {
  const entries = readPublishedPackages().flatMap(each => each.entries.filter(entry => entry !== WITH_NODE))
  const neutral = entries.filter(entry => !(entry in WITH_DOM))
  return [OLDEST, NEWEST].flatMap(compiler => {
    const withDom = entries.filter(entry => WITH_DOM[entry]?.includes(compiler))
    return RESOLUTIONS.flatMap(resolution => [
      typeCheck(compiler, resolution, neutral, ['es2023']),
      typeCheck(compiler, resolution, withDom, ['es2023', 'dom', 'dom.iterable']),
    ])
  })
}

/**
 * @param {string} compiler
 * @param {typeof RESOLUTIONS[number]} resolution
 * @param {readonly string[]} entries
 * @param {readonly string[]} lib
 */
function typeCheck(compiler, [name, module, moduleResolution], entries, lib) {
  const ambient = lib.includes('dom') ? 'with DOM, without Node' : 'without DOM and Node'
  return {
    name: `${compiler.replace('typescript-', 'TypeScript ')}: types of ${entries.length} entries under ${name}, ${ambient}`,
    run: async () => {
      const tsc = join(PLACE, 'runtimes/node_modules', compiler, 'lib/tsc.js')
      const stem = `types.${compiler}.${name}.${lib.length}`
      const source = entries.map((entry, index) => `export * as entry${index} from '${entry}'\n`)
      writeFileSync(join(PLACE_OF_PACKAGES, `${stem}.ts`), source.join(''))
      const compilerOptions = { ...OPTIONS, lib, module, moduleResolution }
      const config = join(PLACE_OF_PACKAGES, `${stem}.json`)
      writeFileSync(config, JSON.stringify({ compilerOptions, files: [`${stem}.ts`] }))
      await runProgram(process.execPath, [tsc, '-p', config], { cwd: PLACE_OF_PACKAGES })
    },
  }
}
