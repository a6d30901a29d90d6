import { readFile } from 'node:fs/promises'
import { AUTH_ERROR_CODES } from '@authcore/core'
import { expect, it, vi } from 'vitest'
import { createAuthRoutes, createHttpAuth, ERROR_RULES } from '../src/index.js'
import { createFixture, ISSUER } from './fixture.js'

const README = await readFile(new URL('../README.md', import.meta.url), 'utf8')

it('shows an example that works', async () => {
  const source = await readFile(new URL('readme-example.ts', import.meta.url), 'utf8')
  expect(README).toContain(source.replace('../src/index.js', '@authcore/http').trim())

  vi.stubEnv('AUTHCORE_SECRET', 'm0Q8dWQv1nJ3k9ZxT7uYb2LcR5sGhE6pAaFiNoXtVwU=')
  const { auth, handle } = await import('./readme-example.js')
  const send = (authorization?: string) =>
    handle(new Request('https://api.example.com/', { headers: authorization ? { authorization } : {} }))
  const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1', scope: ['reports:read'] })
  expect(await (await send(`Bearer ${accessToken}`)).json()).toEqual({ subject: 'user-1' })
  const refused = await send()
  expect(refused.status).toBe(401)
  expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="api"')
})

it('lists every route', () => {
  const auth = createHttpAuth(createFixture().auth, { protectedResource: { resource: ISSUER } })
  const clients = { authenticate: async () => undefined }
  for (const { method, path } of createAuthRoutes(auth, { clients }).routes) {
    expect(README).toContain(`| \`${method} ${path}\` |`)
  }
})

it('lists how every error is answered', () => {
  const rows = AUTH_ERROR_CODES.map(code => {
    const rule = ERROR_RULES[code]
    if (rule === undefined) return `| \`${code}\` | | | | goes to the error handling of the framework |`
    const challenge = rule.challenge === 'none' ? 'bare' : (rule.challenge ?? '')
    return `| \`${code}\` | ${rule.status} | ${rule.title} | ${challenge} | ${rule.tokenError} |`
  })
  const table = [
    '| code | status | title | challenge | at `POST /refresh` |',
    '|---|---|---|---|---|',
    ...rows,
  ]
  expect(README).toContain(table.join('\n'))
})
