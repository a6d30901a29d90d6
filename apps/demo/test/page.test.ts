import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listTryOuts } from '../src/page/try-outs.js'
import { startTestDemo, type TestDemo } from './setup/test-demo.js'

const hasCurl = spawnSync('curl', ['--version']).status === 0
if (!hasCurl) console.warn('SKIPPED: the lines of the page need curl, which is not installed')

let demo: TestDemo

beforeAll(async () => {
  demo = await startTestDemo()
})

afterAll(() => demo.stop())

describe('the page', () => {
  it('allows nothing but its own style', async () => {
    const response = await fetch(demo.baseUrl)
    const page = await response.text()
    const style = /<style>(.*)<\/style>/s.exec(page)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
    expect(page).not.toMatch(/<script|<link|<img|\sstyle=|\son\w+=|url\(/)
  })

  it('runs one script on the page for people, which came from here', async () => {
    const response = await fetch(`${demo.baseUrl}/people`)
    const page = await response.text()
    expect(response.status).toBe(200)
    const policy = response.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'; style-src 'sha256-")
    expect(policy).toContain(
      "; script-src 'self'; connect-src 'self'; img-src data:; require-trusted-types-for 'script'",
    )
    expect(page.match(/<script[^>]*>/g)).toEqual(['<script type="module" src="/people.js">'])
    expect(page).not.toMatch(/<link|\sstyle=|\son\w+=|url\(/)
    const script = await fetch(`${demo.baseUrl}/people.js`)
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(await script.text()).not.toMatch(/innerHTML|eval\(/)
  })

  it('holds neither the password of the admin nor anything of the request', async () => {
    const response = await fetch(`${demo.baseUrl}/?x=%3Cb%3Emarker`, {
      headers: { 'x-forwarded-host': 'evil' },
    })
    const page = await response.text()
    expect(page).not.toContain(demo.admin.password)
    expect(page).not.toContain('evil')
    expect(page).not.toContain('marker')
  })

  it.skipIf(!hasCurl)('has lines that work when they are pasted (skipped without curl)', async () => {
    const page = await (await fetch(demo.baseUrl)).text()
    const lines = [...page.matchAll(/<pre>(.*?)<\/pre>/gs)].map(([, line = '']) => toPlainText(line))
    const tryOuts = listTryOuts(demo.baseUrl, demo.admin.email).flatMap(group => group.tryOuts)
    expect(lines).toEqual(tryOuts.map(({ line }) => line))

    const { code, output, statuses } = await runInShell(lines, `${demo.admin.password}\n`)
    expect(statuses).toEqual(tryOuts.flatMap(tryOut => tryOut.statuses))
    expect(code).toBe(0)
    expect(output).toContain('"to":"ada@example.com"')
    expect(output).toContain('"method":"access_token"')
    expect(output).toContain('"method":"api_key"')
    expect(output).toContain('scope="reports:write"')
    expect(output).toContain('"code":"token_signature_invalid"')
    expect(output).toContain('"state":"announced"')
  })
})

/** Pastes all lines into one shell, in which curl reports its statuses beside its output. */
function runInShell(
  lines: readonly string[],
  typed: string,
): Promise<{ code: number | null; output: string; statuses: readonly number[] }> {
  const curl = `curl() { command curl --max-time 20 -w '%{stderr}%{http_code}\\n' "$@"; }`
  const shell = spawn('sh', ['-c', ['set -eu', curl, ...lines].join('\n')])
  let output = ''
  let errors = ''
  shell.stdout.on('data', chunk => {
    output += String(chunk)
  })
  shell.stderr.on('data', chunk => {
    errors += String(chunk)
  })
  shell.stdin.end(typed)
  return new Promise((resolve, reject) => {
    shell.on('error', reject)
    shell.on('close', code =>
      resolve({ code, output, statuses: errors.split('\n').filter(Boolean).map(Number) }),
    )
  })
}

function toPlainText(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
}
