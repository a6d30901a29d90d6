import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { StartError } from '../start-error.js'
import type {
  ServerAnswer,
  ServerCommand,
  ServerRequest,
  ServerStart,
  ServerStatus,
} from './server-protocol.js'

/** How long a process may take to end before it is killed. */
const STOP_TIMEOUT_MS = 15_000

/** The demo, being served by another process. */
export interface ServerProcess extends ServerStatus {
  readonly processId: number
  advanceClock(seconds: number): Promise<ServerStatus>
  /** Prints every mail from now on. */
  showMails(): Promise<ServerStatus>
  /** Ends the process in order. */
  stop(): Promise<void>
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>
}

/**
 * Serves the demo in a process of its own.
 * @param program path of the built module that calls `serveCommands`
 * @throws StartError when it cannot start, for a reason that the caller can do something about
 */
export async function startServerProcess(program: string, start: ServerStart): Promise<ServerProcess> {
  const child = fork(program, { stdio: 'inherit' })
  const ended = once(child, 'exit').then(() => {})
  const ask = createAsk(child, ended)
  const stop = async (): Promise<void> => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    // one that is ending already needs no telling
    await ask({ kind: 'stop' }).catch(() => {})
    await ended
    clearTimeout(timer)
  }
  try {
    const status = await ask({ kind: 'start', start })
    return {
      ...status,
      processId: child.pid ?? 0,
      advanceClock: seconds => ask({ kind: 'advance_clock', seconds }),
      showMails: () => ask({ kind: 'show_mails' }),
      stop,
      ended,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

type Ask = (command: ServerCommand) => Promise<ServerStatus>

function createAsk(child: ChildProcess, ended: Promise<void>): Ask {
  const waiting = new Map<number, (answer: ServerAnswer) => void>()
  let count = 0
  child.on('message', (answer: ServerAnswer) => waiting.get(answer.request)?.(answer))
  return async command => {
    count += 1
    const message: ServerRequest = { request: count, command }
    const answered = new Promise<ServerAnswer>(resolve => waiting.set(message.request, resolve))
    if (child.connected) child.send(message)
    const answer = await Promise.race([answered, ended])
    waiting.delete(message.request)
    if (answer === undefined) throw new Error('The process of the server has ended.')
    if ('status' in answer) return answer.status
    throw answer.isExpected ? new StartError(answer.failure) : new Error(answer.failure)
  }
}
