import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { parseArguments } from '../src/arguments.js'

const PROGRAM = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const COUNTS = /^(\d+) steps: \1 ok, 0 FAILED$/m

let program: ChildProcess | undefined

afterEach(() => {
  if (program?.exitCode === null) program.kill('SIGKILL')
})

describe('the program', () => {
  it('ends with 0 after a good walk', async () => {
    const { exited, output } = start(['--exit'], { PORT: '0' })
    expect(await exited).toBe(0)
    expect(output()).toMatch(COUNTS)
    expect(output()).not.toContain('\u001b[')
  })

  it('keeps serving until it is told to stop, on another port if its own is taken', async () => {
    const taken = createServer()
    await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve))
    const address = taken.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const { exited, output, shown } = start([], { PORT: port })
    await shown('Ctrl-C')
    taken.close()
    expect(output()).toContain(`Port ${port} is taken; using `)
    const baseUrl = /listens on (\S+)/.exec(output())?.[1]
    const [, email, password] = /^Admin of this start: (\S+), password (\S+)$/m.exec(output()) ?? []
    const login = await fetch(`${baseUrl}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    })
    expect(login.status).toBe(200)
    await login.arrayBuffer()
    program?.kill('SIGTERM')
    expect(await exited).toBe(0)
  })

  it('ends with 2 on arguments that it does not know', async () => {
    const { exited, output } = start(['--exti'], {})
    expect(await exited).toBe(2)
    expect(output()).toContain('--exti is not an argument')
  })
})

describe('arguments', () => {
  it('are read with their defaults', () => {
    expect(parseArguments([], {})).toEqual({ exit: false, port: 3000 })
    expect(parseArguments(['--exit'], { PORT: '8080' })).toEqual({ exit: true, port: 8080 })
  })

  it.each(['x', '-1', '65536', '1e3', '0x10', ' '])('refuse the port %j', PORT => {
    expect(() => parseArguments([], { PORT })).toThrow(RangeError)
  })
})

function start(args: readonly string[], environment: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  program = child
  let text = ''
  const exited = new Promise<number | null>(resolve => child.on('close', resolve))
  const shown = (part: string) =>
    new Promise<void>((resolve, reject) => {
      child.stdout.on('data', () => text.includes(part) && resolve())
      void exited.then(() => reject(new Error(`ended without ${part}:\n${text}`)))
    })
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      text += String(chunk)
    })
  }
  return { exited, shown, output: () => text }
}
