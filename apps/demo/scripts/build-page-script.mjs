// Bundles the script of the page for people into src/page/dist, as a module with its text: the server serves it from
// memory, wherever it was started and whether it was built or is under test.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
const TARGET = join(PACKAGE, 'src/page/dist')

const { outputFiles } = await build({
  entryPoints: [join(PACKAGE, 'src/browser/people.ts')],
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  write: false,
})
const [{ text }] = outputFiles
mkdirSync(TARGET, { recursive: true })
writeFileSync(
  join(TARGET, 'people-script.ts'),
  `export const PEOPLE_SCRIPT: string = ${JSON.stringify(text)}\n`,
)
