import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it, vi } from 'vitest'
import { SECRET } from './support/token-fixture.js'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

afterEach(() => vi.unstubAllEnvs())

it('the examples of the README are those that are type-checked and run here', () => {
  const examples = [...read('../README.md').matchAll(/```ts\n(.*?)```/gs)].map(([, example]) => example)
  for (const name of ['readme-tokens-example.ts', 'readme-oidc-provider-example.ts']) {
    expect(examples).toContain(read(name).replace('../src/index.js', '@authcore/oauth'))
  }
})

it('the example of the token endpoint works', async () => {
  vi.stubEnv('AUTHCORE_SECRET', SECRET)
  const { app, client, clientSecret } = await import('./readme-tokens-example.js')
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const granted = await fetch(`${origin}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client.clientId}:${clientSecret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  const { access_token: accessToken } = (await granted.json()) as { readonly access_token: string }
  expect(accessToken).toMatch(/^at_/)
  const reports = await fetch(`${origin}/reports`, { headers: { authorization: `Bearer ${accessToken}` } })
  expect(await reports.json()).toEqual({ subject: client.clientId })
  const metadata = await fetch(`${origin}/.well-known/oauth-authorization-server`)
  expect(metadata.headers.get('cache-control')).toBe('public, max-age=3600')
  expect(await metadata.json()).toMatchObject({ token_endpoint: 'https://api.example.com/oauth/token' })
  server.close()
})

it('the example of oidc-provider works', async () => {
  vi.stubEnv('AUTHCORE_SECRET', SECRET)
  const { provider } = await import('./readme-oidc-provider-example.js')
  expect(provider.issuer).toBe('https://login.example.com')
})
