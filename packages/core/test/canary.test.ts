import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { deploy, OTHER_SECRET, race, SECRET } from './fixtures.js'

// covers ASVS-16.2.5, ASVS-16.5.1
it('no issued secret shows up in an event, an error, inspection or a store', async () => {
  const { auth, clock, stores, events } = deploy({ secrets: [SECRET, OTHER_SECRET] })
  const secrets = new Set<string>([SECRET, OTHER_SECRET])
  const errors: unknown[] = []
  const keep = async (work: Promise<unknown>) => work.catch(error => errors.push(error))

  const first = await auth.sessions.start({ subject: 'user-1', scope: ['read'] })
  const second = await auth.sessions.refresh(first.refreshToken)
  const key = await auth.apiKeys.issue({ ownerId: 'user-1', name: 'key' })
  const rotated = await auth.apiKeys.rotate(key.record.id, { overlapSeconds: 0 })
  for (const tokens of [first, second]) secrets.add(tokens.accessToken).add(tokens.refreshToken)
  for (const { apiKey } of [key, rotated]) secrets.add(apiKey).add(apiKey.slice(30, 73))

  const browser = await auth.sessions.startCookie({ subject: 'user-1', scope: ['read'] })
  const renewed = await auth.sessions.renew(browser.sessionToken)
  for (const { sessionToken } of [browser, renewed]) secrets.add(sessionToken)
  await keep(auth.sessions.verify(browser.sessionToken))
  await keep(auth.sessions.verify(`${renewed.sessionToken}x`))
  await keep(auth.sessions.verify(renewed.sessionToken, { scope: ['write'] }))
  await keep(auth.sessions.verify(renewed.sessionToken.replace('st_', 'rt_')))

  await keep(auth.apiKeys.verify(key.apiKey))
  await keep(auth.apiKeys.verify(second.refreshToken))
  await keep(auth.accessTokens.verify(key.apiKey))
  await keep(auth.accessTokens.verify(`${first.accessToken}x`))
  await keep(auth.accessTokens.verify(first.accessToken, { audience: 'other', scope: ['write'] }))
  await keep(auth.sessions.refresh(second.refreshToken, { clientId: 'other' }))
  await keep(auth.sessions.refresh(second.refreshToken, { scope: ['write'] }))
  await keep(auth.accessTokens.issue({ subject: 'user-1', claims: { password: SECRET } }))
  clock.advance(11)
  await race(3, () => keep(auth.sessions.refresh(first.refreshToken)))
  await auth.revocation.revokeToken(second.accessToken)
  await auth.revocation.revokeSubject('user-1')
  await auth.close()
  expect(errors.length).toBeGreaterThan(9)

  const shown = (value: unknown) =>
    inspect(value, {
      depth: Number.POSITIVE_INFINITY,
      showHidden: true,
      getters: true,
      maxArrayLength: null,
      maxStringLength: null,
    })
  const errorText = errors.map(error => {
    const { message, stack, cause } = error as Error
    return shown(error) + message + stack + shown(cause) + JSON.stringify(error)
  })
  const places = {
    events: JSON.stringify(events) + shown(events),
    errors: errorText.join(),
    auth: shown(auth) + JSON.stringify(auth),
    stores: shown(stores) + JSON.stringify(await dump()),
  }
  for (const [place, text] of Object.entries(places)) {
    for (const secret of secrets) {
      expect(text.includes(secret), `${place} shows a secret`).toBe(false)
    }
  }
  expect(places.stores).not.toMatch(/"(d|p|q|k)":"/)

  async function dump() {
    return [
      await stores.sessions.find({ id: first.session.id, now: clock() }),
      await stores.sessions.find({ id: renewed.session.id, now: clock() }),
      await stores.apiKeys.list({ ownerId: 'user-1', now: clock(), limit: 100 }),
      await stores.signingKeys.read({ now: clock() }),
    ]
  }
})
