import { readFileSync } from 'node:fs'
import { expect, it, vi } from 'vitest'
import { SECRET } from './support/fixture.js'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

it('the example of the README is the one that is type-checked and run here', () => {
  const [, example] = /```ts\n(.*?)```/s.exec(read('../README.md')) ?? []
  expect(example).toBe(read('readme-example.ts').replace('../src/index.js', '@authcore/password'))
})

it('the example of the README works', async () => {
  vi.stubEnv('AUTHCORE_SECRET', SECRET)
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  const { routes } = await import('./readme-example.js')
  expect(log).toHaveBeenCalledExactlyOnceWith('user-1')
  const send = (path: string, body: object) =>
    routes.handle({
      method: 'POST',
      path,
      url: path,
      headers: { 'content-type': 'application/json' },
      readBody: async () => JSON.stringify(body),
    })
  const response = await send('/login', {
    identifier: 'ADA@example.com',
    password: 'correct horse battery staple',
  })
  expect(response?.status).toBe(200)
  expect((await send('/password/reset-request', { identifier: 'ada@example.com' }))?.status).toBe(202)
  expect(log).toHaveBeenLastCalledWith(
    expect.stringMatching(/^To ada@example.com: https:\/\/shop.example.com\/reset#pr_/),
  )
  vi.unstubAllEnvs()
})
