import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { waitUntil } from './connection.js'
import type { StartedServer } from './server.js'

/** How a server process is run. */
export interface ServerProcess {
  readonly command: string
  readonly args: readonly string[]
  readonly user?: number
  readonly url: string
  readonly port: number
  /** Its folder; deleted with it. */
  readonly directory: string
  readonly isReady: () => Promise<boolean>
}

/** Starts a server and waits until it answers. It ends with this process at the latest. */
export async function startProcess(settings: ServerProcess): Promise<StartedServer> {
  const { command, args, user, directory, isReady } = settings
  let child: ChildProcess | undefined
  const onExit = (): void => {
    child?.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  }
  process.once('exit', onExit)

  const start = async (): Promise<void> => {
    const started = spawn(command, args, {
      cwd: directory,
      stdio: 'ignore',
      ...(user !== undefined && { uid: user, gid: user }),
    })
    child = started
    let failure: Error | undefined
    started.on('error', error => {
      failure = error
    })
    await waitUntil(command, async () => {
      if (failure !== undefined) throw failure
      if (started.exitCode !== null) throw new Error(`${command} ended with code ${started.exitCode}.`)
      return isReady()
    })
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const running = child
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
    const ended = new Promise(resolve => running.once('exit', resolve))
    running.kill(signal)
    await ended
  }

  try {
    await start()
  } catch (error) {
    process.off('exit', onExit)
    onExit()
    throw error
  }
  return {
    url: settings.url,
    origin: 'started',
    port: settings.port,
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGKILL')
      await start()
    },
    stop: async () => {
      process.off('exit', onExit)
      await end('SIGTERM')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
