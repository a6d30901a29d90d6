#!/usr/bin/env node
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { AdminLogin } from './app.js'
import { parseArguments, USAGE } from './arguments.js'
import { toPageOrigin } from './people/page-origin.js'
import { type DemoSupervisor, superviseDemo } from './process/supervise-demo.js'
import { StartError } from './start-error.js'
import { describeState } from './state/describe-state.js'
import { createPaint } from './walk/paint.js'
import { runWalk } from './walk/run-walk.js'

const FAILED = 1
const MISUSED = 2

// both stand in dist, beside which the data are kept
const SERVER_PROGRAM = fileURLToPath(new URL('server.js', import.meta.url))
const DEFAULT_FOLDER = fileURLToPath(new URL('../.data', import.meta.url))

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(USAGE)
    return 0
  }
  try {
    return await run(args)
  } catch (error) {
    if (error instanceof RangeError) {
      console.error(`${error.message}\n\n${USAGE}`)
      return MISUSED
    }
    if (!(error instanceof StartError)) throw error
    console.error(error.message)
    return MISUSED
  }
}

async function run(args: readonly string[]): Promise<number> {
  const { exit, framework, port, state } = parseArguments(args, process.env, DEFAULT_FOLDER)
  for (const line of describeState(state)) console.log(line)
  const stop = stopSignal()
  const admin = { email: 'admin@example.com', password: randomBytes(18).toString('base64url') }
  const demo = await superviseDemo(SERVER_PROGRAM, { port, framework, admin, state })
  try {
    if (port !== 0 && demo.port !== port) console.log(`Port ${port} is taken; using ${demo.port} instead.`)
    console.log(`The reference API of AuthCore, served by ${framework}, listens on ${demo.baseUrl}\n`)
    const isGood = await walk(demo, admin, stop)
    if (exit || stop.aborted) return isGood ? 0 : FAILED
    await demo.showMails()
    printAddresses(demo, admin)
    const isStopped = await Promise.race([once(stop, 'abort').then(() => true), demo.ended.then(() => false)])
    console.log(isStopped ? '\nStopping.' : '\nThe server has ended by itself.')
    return isStopped && isGood ? 0 : FAILED
  } finally {
    await demo.stop()
  }
}

async function walk(demo: DemoSupervisor, admin: AdminLogin, stop: AbortSignal): Promise<boolean> {
  const { isGood } = await runWalk({
    server: demo,
    admin,
    stop,
    print: line => console.log(line),
    paint: createPaint(process.stdout.isTTY && !process.env.NO_COLOR),
  })
  return isGood
}

function printAddresses({ baseUrl, clockOffsetSeconds }: DemoSupervisor, admin: AdminLogin): void {
  console.log(`
Now try it yourself: ${baseUrl}
Log in on a page: ${toPageOrigin(baseUrl)}/people
Admin of this start: ${admin.email}, password ${admin.password}
The clock of the demo is ${Math.round(clockOffsetSeconds() / 60)} minutes ahead: the walk has put it forward.
Ctrl-C stops the demo.`)
}

/** The first signal stops the demo in order; a second one, with nobody listening any more, at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort())
  return controller.signal
}
