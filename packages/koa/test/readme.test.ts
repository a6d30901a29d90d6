import { readFile } from 'node:fs/promises'
import { expect, it, vi } from 'vitest'
import { listen } from './listen.js'

it('shows an example that works', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const source = await readFile(new URL('readme-example.ts', import.meta.url), 'utf8')
  expect(readme).toContain(source.replace('../src/index.js', '@authcore/koa').trim())
  // the tests of TLS serve with it
  expect(readme).toContain((await readFile(new URL('readme-tls.ts', import.meta.url), 'utf8')).trim())

  vi.stubEnv('AUTHCORE_SECRET', 'm0Q8dWQv1nJ3k9ZxT7uYb2LcR5sGhE6pAaFiNoXtVwU=')
  const { app, auth } = await import('./readme-example.js')
  const { port, close } = await listen(app.callback())
  const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
  const headers = { authorization: `Bearer ${accessToken}` }
  const get = (path: string, init = {}) => fetch(`http://127.0.0.1:${port}${path}`, init)
  expect(await (await get('/reports', { headers })).json()).toEqual({
    subject: 'user-1',
    method: 'access_token',
  })
  expect((await get('/reports')).status).toBe(401)
  expect((await get('/admin', { headers })).status).toBe(403)
  expect(await (await get('/auth/sessions', { headers })).json()).toEqual({ sessions: [] })
  await close()
})
