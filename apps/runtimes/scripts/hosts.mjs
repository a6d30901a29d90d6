import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { PLACE } from './places.mjs'
import { runProgram } from './run-program.mjs'

/**
 * @typedef {typeof import('../src/suite.ts').tasks} Tasks
 *
 * @typedef {object} Host a runtime that can run the suite
 * @property {string} name
 * @property {'node' | 'web'} backend which code it gets
 * @property {() => ReturnType<Tasks['issueTokens']>} issueTokens
 * @property {(input: Parameters<Tasks['runSuite']>[0]) => ReturnType<Tasks['runSuite']>} runSuite
 *
 * @typedef {(task: keyof Tasks, input: unknown) => Promise<any>} Ask runs a task there; input and result are JSON
 */

const RUNTIMES = join(PLACE, 'runtimes/node_modules')
const PACKAGES = join(PLACE, 'packages')

/** The Node versions that are tested. */
export const NODES = /** @type {const} */ (['node-20', 'node-22', 'node-24', 'node-26'])

/**
 * @param {typeof NODES[number]} name
 * @returns {string} the program
 */
export function nodeProgram(name) {
  return join(RUNTIMES, name, 'bin/node')
}

/**
 * Every runtime. A missing one fails when it is run.
 *
 * @param {Awaited<ReturnType<import('./bundle.mjs').bundle>>} bundles
 * @returns {Host[]}
 */
export function createHosts(bundles) {
  const bun = join(RUNTIMES, '@oven/bun-linux-x64/bin/bun')
  const deno = join(RUNTIMES, '@deno/linux-x64-glibc/deno')
  const denoRun = [
    'run',
    '--no-prompt',
    '--no-remote',
    '--node-modules-dir=manual',
    '--allow-read',
    '--allow-write',
    '--allow-env',
    // requests to providers, here to servers of the checks; `node:https` asks the system for its certificates
    '--allow-net=localhost,127.0.0.1',
    '--allow-sys',
    // hashes of passwords are native
    '--allow-ffi',
  ]
  return [
    ...NODES.map(name =>
      createHost(name.replace('node-', 'Node '), 'node', runProcess(nodeProgram(name), [], bundles.process)),
    ),
    createHost('Bun', 'node', runProcess(bun, ['run'], bundles.process)),
    createHost('Deno', 'node', runProcess(deno, denoRun, bundles.process)),
    createHost('Node, web backend', 'web', runInNode(bundles.worker)),
    createHost('workerd', 'web', runInWorkerd(bundles.worker)),
    createHost('Chromium', 'web', runInChromium(bundles.page)),
  ]
}

/**
 * @param {string} name
 * @param {Host['backend']} backend
 * @param {Ask} ask
 * @returns {Host}
 */
function createHost(name, backend, ask) {
  return {
    name,
    backend,
    issueTokens: () => ask('issueTokens', {}),
    runSuite: input => ask('runSuite', input),
  }
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {string} bundle
 * @returns {Ask}
 */
function runProcess(program, args, bundle) {
  return async (task, input) => {
    const folder = mkdtempSync(join(tmpdir(), 'authcore-runtime-'))
    try {
      const [from, to] = [join(folder, 'input.json'), join(folder, 'output.json')]
      writeFileSync(from, JSON.stringify(input))
      const env = { ...process.env, DENO_NO_UPDATE_CHECK: '1', NODE_OPTIONS: '' }
      await runProgram(program, [...args, bundle, task, from, to], { cwd: PACKAGES, env })
      return JSON.parse(readFileSync(to, 'utf8'))
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
}

/**
 * The code that Workers and browsers get, on the WebCrypto of Node.
 *
 * @param {string} bundle
 * @returns {Ask}
 */
function runInNode(bundle) {
  return async (task, input) => {
    const { default: worker } = await import(pathToFileURL(bundle).href)
    const request = new Request(`http://localhost/${task}`, { method: 'POST', body: JSON.stringify(input) })
    return (await worker.fetch(request)).json()
  }
}

/**
 * @param {string} bundle
 * @returns {Ask}
 */
function runInWorkerd(bundle) {
  return (task, input) =>
    withWorkerd(bundle, '', async origin => {
      const response = await fetch(`${origin}${task}`, { method: 'POST', body: JSON.stringify(input) })
      if (!response.ok) throw new Error(`workerd answered ${response.status}: ${await response.text()}`)
      return response.json()
    })
}

/**
 * Serves one Worker on a free port.
 *
 * @template Result
 * @param {string} bundle
 * @param {string} bindings in the words of workerd's configuration
 * @param {(origin: string) => Promise<Result>} use
 * @returns {Promise<Result>}
 */
export async function withWorkerd(bundle, bindings, use) {
  const folder = mkdtempSync(join(tmpdir(), 'authcore-workerd-'))
  writeFileSync(join(folder, 'worker.mjs'), readFileSync(bundle))
  writeFileSync(
    join(folder, 'config.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker.mjs", esModule = embed "worker.mjs")],
    compatibilityDate = "2026-01-01",
    bindings = [${bindings}],
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`,
  )
  const program = join(RUNTIMES, '@cloudflare/workerd-linux-64/bin/workerd')
  const child = spawn(program, ['serve', 'config.capnp', '--control-fd=3'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  })
  try {
    return await use(`http://127.0.0.1:${await listeningPort(child)}/`)
  } finally {
    child.kill()
    rmSync(folder, { recursive: true })
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>} the port that workerd reports on the pipe
 */
function listeningPort(child) {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', code => reject(new Error(`workerd ended with ${code}`)))
    let told = ''
    child.stdio[3]?.on('data', chunk => {
      told += chunk
      const port = /"event":"listen".*?"port":(\d+)/.exec(told)?.[1]
      if (port !== undefined) resolve(Number(port))
    })
  })
}

/**
 * @param {string} bundle
 * @returns {Ask}
 */
function runInChromium(bundle) {
  const script = readFileSync(bundle, 'utf8').replaceAll('</script', '<\\/script')
  const html = `<!doctype html><meta charset="utf-8"><script>${script}</script>`
  return (task, input) =>
    withPage(html, page =>
      page.evaluate(
        given => Reflect.get(globalThis, 'runTask')(...given),
        /** @type {const} */ ([task, input]),
      ),
    )
}

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/**
 * Opens a page of our own in headless Chromium, on loopback, where browsers offer WebCrypto.
 *
 * @template Result
 * @param {string} html
 * @param {(page: import('playwright-core').Page) => Promise<Result>} use
 * @returns {Promise<Result>}
 */
export async function withPage(html, use) {
  const executablePath = [process.env['AUTHCORE_CHROMIUM'] ?? '', ...CHROMIUM].find(
    path => path && existsSync(path),
  )
  if (executablePath === undefined) {
    throw new Error(
      'Chromium is missing: install it (apt-get install chromium) or name it in AUTHCORE_CHROMIUM',
    )
  }
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8').end(html)
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const profile = mkdtempSync(join(tmpdir(), 'authcore-chromium-'))
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: QUIET,
  })
  try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${port}/`)
    return await use(page)
  } finally {
    await browser.close()
    server.close()
    rmSync(profile, { recursive: true, force: true })
  }
}

/** It runs as root in containers, and has nothing to ask of the network. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
