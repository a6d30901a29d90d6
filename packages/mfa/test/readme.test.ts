import { readFileSync } from 'node:fs'
import { expect, it, vi } from 'vitest'
import { SECRET, totpCode } from './support/fixture.js'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

it('the example of the README is the one that is type-checked and run here', () => {
  const [, example] = /```ts\n(.*?)```/s.exec(read('../README.md')) ?? []
  expect(example).toBe(read('readme-example.ts').replace('../src/index.js', '@authcore/mfa'))
})

it('the example of the README works', async () => {
  vi.stubEnv('AUTHCORE_SECRET', SECRET)
  const { auth, confirm, extension, options, qrCode, recoveryCodes, secondFactors, secret } = await import(
    './readme-example.js'
  )
  expect(qrCode).toMatch(/^<svg /)
  expect(recoveryCodes).toHaveLength(10)
  expect(options.rp.id).toBe('example.com')
  expect(extension.routes.map(({ path }) => path)).toContain('/factors/passkey')
  expect(await secondFactors.isEnrolled('user-1')).toBe(false)
  await confirm(totpCode(secret, auth.clock()))
  expect(await secondFactors.listMethods('user-1')).toEqual(['totp', 'recovery_code'])
  vi.unstubAllEnvs()
})
