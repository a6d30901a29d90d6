import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { APP, PLACE } from './places.mjs'

const OUT = join(PLACE, 'packages/bundles')

/**
 * Builds the suite and the examples. Processes load the installed packages themselves; a Worker and a page get one
 * file with everything, by the conditions of such runtimes.
 *
 * @returns {Promise<{ process: string, worker: string, page: string, verifyWorker: string, verifyPage: string }>}
 */
export async function bundle() {
  rmSync(OUT, { recursive: true, force: true })
  const shared = /** @type {const} */ ({ bundle: true, target: 'es2022', logLevel: 'error' })
  const compiled = await Promise.all(
    ENTRIES.map(async name => {
      const outfile = join(OUT, `${name.replace('/', '-')}.mjs`)
      await build({
        ...shared,
        entryPoints: [join(APP, 'src', `${name}.ts`)],
        outfile,
        format: 'esm',
        platform: 'neutral',
        external: ['@authcore/*', 'hono', 'node:*'],
      })
      return outfile
    }),
  )
  const [process = '', worker = '', page = '', verifyWorker = '', verifyPage = ''] = compiled
  // from here on imports are found beside the compiled files: in what was packed and installed
  const whole = async (/** @type {string} */ from, /** @type {'esm' | 'iife'} */ format) => {
    const outfile = from.replace(/\.mjs$/, '.whole.mjs')
    const conditions = ['workerd', 'worker', 'browser']
    await build({ ...shared, entryPoints: [from], outfile, format, platform: 'browser', conditions })
    return outfile
  }
  return {
    process,
    worker: await whole(worker, 'esm'),
    page: await whole(page, 'iife'),
    verifyWorker: await whole(verifyWorker, 'esm'),
    verifyPage: await whole(verifyPage, 'iife'),
  }
}

const ENTRIES = [
  'hosts/process',
  'hosts/worker',
  'hosts/page',
  'examples/verify-worker',
  'examples/verify-page',
]
