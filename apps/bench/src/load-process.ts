// Sends requests to a server on this machine: forked by `setup/load.ts`, told how many over IPC. A process of its own,
// so that what it computes is not counted as the server's.
import { connect, type Socket } from 'node:net'

/** What is sent, and where. */
interface LoadSettings {
  readonly port: number
  readonly connections: number
  /** Whole requests, taken in turn. */
  readonly requests: readonly string[]
}

const END_OF_HEAD = '\r\n\r\n'

let settings: LoadSettings | undefined
let connections: readonly Socket[] = []
let next = 0

process.on('message', (message: LoadSettings | { readonly count: number }) => {
  const done = 'count' in message ? send(message.count) : open(message)
  done.then(
    () => process.send?.({ type: 'done' }),
    (error: unknown) => process.send?.({ type: 'failed', message: String(error) }),
  )
})

process.on('disconnect', () => process.exit())

async function open(given: LoadSettings): Promise<void> {
  settings = given
  connections = await Promise.all(
    Array.from({ length: given.connections }, async () => {
      const socket = connect({ port: given.port, host: '127.0.0.1', noDelay: true })
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
      return socket
    }),
  )
}

/** Each connection sends its next request when the answer to the one before is there, as HTTP clients do. */
async function send(count: number): Promise<void> {
  let left = count
  await Promise.all(
    connections.map(async socket => {
      while (left > 0) {
        left -= 1
        await exchange(socket)
      }
    }),
  )
}

function exchange(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1')
      if (!isWhole(text)) return
      socket.off('data', onData)
      if (text.startsWith('HTTP/1.1 200')) resolve()
      else reject(new Error(text.slice(0, 300)))
    }
    socket.on('data', onData)
    socket.write(nextRequest())
  })
}

function nextRequest(): string {
  const request = settings?.requests[next]
  if (request === undefined) throw new RangeError('There is no request.')
  next = (next + 1) % (settings?.requests.length ?? 1)
  return request
}

function isWhole(text: string): boolean {
  const end = text.indexOf(END_OF_HEAD)
  if (end === -1) return false
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1]
  return text.length >= end + END_OF_HEAD.length + Number(length ?? 0)
}
