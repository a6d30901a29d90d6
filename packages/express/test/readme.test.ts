import { readFile } from 'node:fs/promises'
import { expect, it, vi } from 'vitest'
import { listen } from './fixture.js'
import { sendRaw } from './raw-request.js'

it('shows an example that works', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const source = await readFile(new URL('readme-example.ts', import.meta.url), 'utf8')
  expect(readme).toContain(source.replace('../src/index.js', '@authcore/express').trim())
  // the tests of TLS serve with it
  expect(readme).toContain((await readFile(new URL('readme-tls.ts', import.meta.url), 'utf8')).trim())

  vi.stubEnv('AUTHCORE_SECRET', 'm0Q8dWQv1nJ3k9ZxT7uYb2LcR5sGhE6pAaFiNoXtVwU=')
  const { app, auth } = await import('./readme-example.js')
  const { port, close } = await listen(app)
  const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
  const lines = [`Authorization: Bearer ${accessToken}`]
  const served = await sendRaw(port, { path: '/reports', lines })
  expect(JSON.parse(served.body)).toEqual({ subject: 'user-1', method: 'access_token' })
  expect((await sendRaw(port, { path: '/reports' })).status).toBe(401)
  expect((await sendRaw(port, { path: '/admin', lines })).status).toBe(403)
  expect((await sendRaw(port, { path: '/auth/sessions', lines })).body).toBe('{"sessions":[]}')
  await close()
})
