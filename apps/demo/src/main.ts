#!/usr/bin/env node
import { once } from 'node:events'
import { parseArguments, USAGE } from './arguments.js'
import { type RunningDemo, startDemo } from './start-demo.js'
import { createPaint } from './walk/paint.js'
import { runWalk } from './walk/run-walk.js'

const MISUSED = 2

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(USAGE)
    return 0
  }
  try {
    return await run(args)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    console.error(`${error.message}\n\n${USAGE}`)
    return MISUSED
  }
}

async function run(args: readonly string[]): Promise<number> {
  const { exit, port } = parseArguments(args, process.env)
  const stop = stopSignal()
  const demo = await startDemo({ port })
  if (port !== 0 && demo.port !== port) console.log(`Port ${port} is taken; using ${demo.port} instead.`)
  console.log(`The reference API of AuthCore listens on ${demo.baseUrl}\n`)
  const isGood = await walk(demo, stop)
  if (!exit && !stop.aborted) {
    printAddresses(demo)
    await once(stop, 'abort')
    console.log('\nStopping.')
  }
  await demo.stop()
  return isGood ? 0 : 1
}

async function walk({ baseUrl, admin, clock }: RunningDemo, stop: AbortSignal): Promise<boolean> {
  const { isGood } = await runWalk({
    baseUrl,
    admin,
    advanceClock: clock.advance,
    stop,
    print: line => console.log(line),
    paint: createPaint(process.stdout.isTTY && !process.env.NO_COLOR),
  })
  return isGood
}

function printAddresses({ baseUrl, admin, clock }: RunningDemo): void {
  console.log(`
Now try it yourself: ${baseUrl}
Admin of this start: ${admin.email}, password ${admin.password}
The walk has put the clock of the demo ${Math.round(clock.offsetSeconds / 60)} minutes forward; it stays there.
Ctrl-C stops the demo.`)
}

/** The first signal stops the demo in order; a second one, with nobody listening any more, at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort())
  return controller.signal
}
