import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NODES, nodeProgram } from './hosts.mjs'
import { PACKAGES } from './install.mjs'
import { PLACE } from './places.mjs'
import { runProgram } from './run-program.mjs'

const PLACE_OF_PACKAGES = join(PLACE, 'packages')

/** `require()` and `import` of every package, in every Node. */
export function requireChecks() {
  const names = PACKAGES.map(folder => `@authcore/${folder}`)
  const script = join(PLACE_OF_PACKAGES, 'require.cjs')
  writeFileSync(
    script,
    `const names = ${JSON.stringify(names)}
;(async () => {
  for (const name of names) {
    const required = Object.keys(require(name)).sort().join()
    const imported = Object.keys(await import(name)).sort().join()
    if (required === '' || required !== imported) throw new Error(name + ': ' + required + ' instead of ' + imported)
  }
})()
`,
  )
  return NODES.map(name => ({
    name: `${name.replace('node-', 'Node ')}: require() and import of ${names.length} packages`,
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
const OPTIONS = { strict: true, noEmit: true, target: 'es2022', lib: ['es2023'], types: [] }

const COMPILERS = ['typescript-5.5', 'typescript-6.0']

/** Packages that promise no types of a runtime. */
const NEUTRAL = ['core', 'http']

/** The declarations compile for whoever uses them: oldest and newest TypeScript, every resolution, nothing ambient. */
export function typeChecks() {
  const folders = PACKAGES.filter(folder => NEUTRAL.includes(folder))
  const entries = folders.map(folder => `export * as ${folder} from '@authcore/${folder}'\n`)
  const source = join(PLACE_OF_PACKAGES, 'types.ts')
  writeFileSync(
    source,
    `${entries.join('')}export * as jwt from '@authcore/core/jwt'
export * as memory from '@authcore/core/memory'
export * as ports from '@authcore/core/ports'
`,
  )
  return COMPILERS.flatMap(compiler =>
    RESOLUTIONS.map(([name, module, moduleResolution]) => ({
      name: `${compiler.replace('typescript-', 'TypeScript ')}: types under ${name}, without DOM and Node`,
      run: async () => {
        const tsc = join(PLACE, 'runtimes/node_modules', compiler, 'lib/tsc.js')
        const config = join(PLACE_OF_PACKAGES, `tsconfig.${compiler}.${name}.json`)
        const compilerOptions = { ...OPTIONS, module, moduleResolution }
        writeFileSync(config, JSON.stringify({ compilerOptions, files: ['types.ts'] }))
        await runProgram(process.execPath, [tsc, '-p', config], { cwd: PLACE_OF_PACKAGES })
      },
    })),
  )
}
