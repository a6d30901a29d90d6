import { expect, it } from 'vitest'
import { memoryStores } from '../../src/memory/index.js'
import { deploy, OTHER_SECRET, override } from '../fixtures.js'

const THUMBPRINT = 'A'.repeat(43)

it('tells what a token says, and the key that it is bound to instead of demanding its proof', async () => {
  const { auth } = deploy()
  const confirmation = { jkt: THUMBPRINT }
  const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1', scope: ['read'], confirmation })
  const introspected = await auth.accessTokens.introspect(accessToken)
  expect(introspected).toEqual(await auth.accessTokens.verify(accessToken, { confirmation }))
  expect(introspected).toMatchObject({ subject: 'user-1', confirmation })
  await expect(auth.accessTokens.verify(accessToken)).rejects.toMatchObject({
    code: 'token_binding_mismatch',
  })
  // nothing that a caller could pass turns the demand off
  for (const options of [{ binding: 'reported' }, 'reported', ['reported']]) {
    await expect(auth.accessTokens.verify(accessToken, options as object)).rejects.toMatchObject({
      code: 'token_binding_mismatch',
    })
  }
})

it('says nothing about a token that is expired, revoked, foreign or none, and emits no refusal', async () => {
  const { auth, clock, eventsOf } = deploy()
  const { auth: other } = deploy({ secrets: [OTHER_SECRET] })
  const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
  const { accessToken: foreign } = await other.accessTokens.issue({ subject: 'user-1' })
  const { accessToken: revoked } = await auth.accessTokens.issue({ subject: 'user-1' })
  await auth.revocation.revokeToken(revoked)
  const values: readonly unknown[] = [
    foreign,
    revoked,
    `${accessToken}A`,
    '',
    'a.b.c',
    null,
    {},
    undefined,
    7,
  ]
  for (const value of values) expect(await auth.accessTokens.introspect(value as string)).toBeUndefined()
  clock.advance(3600)
  expect(await auth.accessTokens.introspect(accessToken)).toBeUndefined()
  expect(eventsOf('credential.refused')).toEqual([])
})

it('is no answer while revocations cannot be looked up', async () => {
  const stores = memoryStores()
  const find = () => Promise.reject(new Error('down'))
  const { auth } = deploy({ stores: { ...stores, revocations: override(stores.revocations, { find }) } })
  const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
  await expect(auth.accessTokens.introspect(accessToken)).rejects.toMatchObject({ code: 'store_unavailable' })
})
