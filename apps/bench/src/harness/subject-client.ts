import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Sample } from './measure.js'
import type { Answer, Request } from './messages.js'
import type { Preparation, Subject } from './operation.js'

/** A subject in its process. One request at a time. */
export interface SubjectClient {
  readonly name: string
  warmUp(milliseconds: number, batchMilliseconds: number): Promise<void>
  measure(milliseconds: number): Promise<Sample>
  measureAllocation(): Promise<number | undefined>
  /** Ends the process; returns what the subject counted. */
  close(): Promise<Readonly<Record<string, number>>>
  /** Ends the process whatever it does. */
  kill(): void
}

const PROGRAM = fileURLToPath(new URL('./subject-process.js', import.meta.url))

/** Starts a subject and waits until it is ready. @throws Error with what the process says when it is not */
export async function startSubject(
  group: string,
  { name, maxHeapMegabytes }: Subject,
  { place, onProgress }: Preparation,
): Promise<SubjectClient> {
  const heap = maxHeapMegabytes === undefined ? [] : [`--max-old-space-size=${maxHeapMegabytes}`]
  const child = fork(PROGRAM, [group, name, place], {
    execArgv: ['--expose-gc', '--no-warnings', ...heap],
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await expectAnswer(child, name, onProgress)
  const ask = async (request: Request): Promise<Answer> => {
    const answer = expectAnswer(child, name)
    child.send(request)
    return answer
  }
  return {
    name,
    async warmUp(milliseconds, batchMilliseconds) {
      await ask({ type: 'warm-up', milliseconds, batchMilliseconds })
    },
    async measure(milliseconds) {
      const answer = await ask({ type: 'measure', milliseconds })
      if (answer.type !== 'sample') throw new Error(`${name} answered ${answer.type} to measure.`)
      return answer.sample
    },
    async measureAllocation() {
      const answer = await ask({ type: 'allocation' })
      return answer.type === 'allocation' ? answer.bytes : undefined
    },
    async close() {
      const ended = new Promise(resolve => child.once('exit', resolve))
      const answer = await ask({ type: 'close' })
      await ended
      return answer.type === 'closed' ? answer.figures : {}
    },
    kill() {
      child.kill('SIGKILL')
    },
  }
}

function expectAnswer(
  child: ChildProcess,
  name: string,
  onProgress: (text: string) => void = () => {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onMessage = (answer: unknown): void => {
      // only subject-process.ts sends here
      const message = answer as Answer
      if (message.type === 'progress') {
        onProgress(message.text)
        return
      }
      child.off('message', onMessage)
      child.off('exit', onExit)
      if (message.type === 'failed') reject(new Error(`${name}: ${message.message}`))
      else resolve(message)
    }
    const onExit = (code: number | null): void => {
      child.off('message', onMessage)
      reject(new Error(`${name}: its process ended with ${code}.`))
    }
    child.on('message', onMessage)
    child.once('exit', onExit)
  })
}
