import { ConfigError } from '@authcore/core'
import { type RunningDemo, startDemo } from '../start-demo.js'
import { StartError } from '../start-error.js'
import { type DemoState, openState } from '../state/open-state.js'
import type {
  ServerAnswer,
  ServerCommand,
  ServerRequest,
  ServerStart,
  ServerStatus,
} from './server-protocol.js'

/** Serves the demo in this process, as its parent commands; ends when the parent says so or is gone. */
export function serveCommands(): void {
  let server: Server | undefined
  // one after the other: nothing is stopped while it starts
  let last: Promise<unknown> = Promise.resolve()

  const run = async (command: ServerCommand): Promise<ServerStatus> => {
    switch (command.kind) {
      case 'start':
        server = await startServer(command.start)
        break
      case 'advance_clock':
        await server?.demo.advanceClock(command.seconds)
        break
      case 'show_mails':
        server?.demo.showMails()
        break
      case 'stop':
        await server?.stop()
    }
    if (server === undefined) throw new Error('The server was not started.')
    return describe(server.demo)
  }

  const end = (): void => {
    last = last
      .then(() => server?.stop())
      .catch(console.error)
      .finally(() => process.exit())
  }
  process.on('message', ({ request, command }: ServerRequest) => {
    last = last.then(async () => {
      await send(await answer(request, run(command)))
      if (command.kind === 'stop' && process.connected) process.disconnect()
    })
  })
  process.once('disconnect', end)
  process.once('SIGTERM', end)
  // Ctrl-C reaches both processes; the parent decides what follows
  process.on('SIGINT', () => {})
}

interface Server {
  readonly demo: RunningDemo
  readonly stop: () => Promise<void>
}

async function startServer({ state: options, ...start }: ServerStart): Promise<Server> {
  const state = await openState(options)
  const demo = await startDemo({ ...start, state }).catch(async (error: unknown) => {
    await state.close()
    throw error
  })
  let stopped: Promise<void> | undefined
  return {
    demo,
    stop: () => {
      stopped ??= stopAll(demo, state)
      return stopped
    },
  }
}

async function stopAll(demo: RunningDemo, state: DemoState): Promise<void> {
  try {
    await demo.stop()
  } finally {
    await state.close()
  }
}

function describe({ baseUrl, port, clockOffsetSeconds }: RunningDemo): ServerStatus {
  return { baseUrl, port, clockOffsetSeconds: clockOffsetSeconds() }
}

async function answer(request: number, running: Promise<ServerStatus>): Promise<ServerAnswer> {
  try {
    return { request, status: await running }
  } catch (error) {
    return { request, ...describeFailure(error) }
  }
}

function describeFailure(error: unknown): { readonly failure: string; readonly isExpected: boolean } {
  if (error instanceof StartError || error instanceof ConfigError) {
    return { failure: error.message, isExpected: true }
  }
  return {
    failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
    isExpected: false,
  }
}

function send(answer: ServerAnswer): Promise<void> {
  return new Promise(resolve => {
    // a parent that is gone needs no answer
    if (process.send === undefined) resolve()
    else process.send(answer, undefined, undefined, () => resolve())
  })
}
