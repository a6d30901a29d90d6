import { readFileSync } from 'node:fs'
import { expect, it, vi } from 'vitest'
import { SECRET } from './support/fixture.js'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

it('the example of the README is the one that is type-checked and run here', () => {
  const [, example] = /```ts\n(.*?)```/s.exec(read('../README.md')) ?? []
  expect(example).toBe(read('readme-example.ts').replace('../src/index.js', '@authcore/oauth'))
})

it('it serves what the README says', async () => {
  vi.stubEnv('AUTHCORE_SECRET', SECRET)
  const { routes } = await import('./readme-example.js')
  expect(routes.routes).toEqual(
    expect.arrayContaining([
      { method: 'GET', path: '/oauth/:id/authorize' },
      { method: 'POST', path: '/oauth/:id/callback' },
      { method: 'DELETE', path: '/identities/:id' },
    ]),
  )
})
