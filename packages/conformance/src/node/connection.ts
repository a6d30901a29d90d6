import { connect, createServer, type Socket } from 'node:net'

/** Where a server listens. */
export interface Address {
  readonly host: string
  readonly port: number
}

const PROBE_TIMEOUT_MS = 2000

/**
 * Sends bytes and waits until the answer is long enough to be recognised.
 * @returns the first bytes of the answer; `undefined` when nobody answers in two seconds
 */
export function exchange(
  { host, port }: Address,
  request: Uint8Array,
  isComplete: (answer: Buffer) => boolean,
): Promise<Buffer | undefined> {
  return new Promise(resolve => {
    const socket: Socket = connect({ host, port })
    let answer = Buffer.alloc(0)
    const finish = (result: Buffer | undefined): void => {
      socket.destroy()
      resolve(result)
    }
    socket.setTimeout(PROBE_TIMEOUT_MS, () => finish(undefined))
    socket.on('error', () => finish(undefined))
    socket.on('close', () => resolve(undefined))
    socket.on('connect', () => {
      if (request.length > 0) socket.write(request)
    })
    socket.on('data', bytes => {
      answer = Buffer.concat([answer, bytes])
      if (isComplete(answer)) finish(answer)
    })
  })
}

/** A port of the loopback interface that nobody listens on at the moment. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port)
        else reject(new Error('The loopback interface gives no ports.'))
      })
    })
  })
}

/** Asks again and again until the answer is yes. */
export async function waitUntil(
  what: string,
  isReady: () => Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  const end = Date.now() + timeoutMs
  while (!(await isReady())) {
    if (Date.now() > end) throw new Error(`${what} did not come up within ${timeoutMs} ms.`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
