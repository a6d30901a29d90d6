import { memoryStores } from '@authcore/core/memory'
import type { DocumentStore, PutDocumentCommand } from '@authcore/core/ports'
import { describeOnStores } from '@authcore/test-stores'
import { describe, expect, it } from 'vitest'
import { createOidcProviderAdapter, createOidcProviderKeys } from '../../src/index.js'
import { createGate, deploy, holdClock, OTHER_SECRET, SECRET } from '../support/token-fixture.js'

class InvalidGrant extends Error {}

function documentsOf({ documents }: { readonly documents?: DocumentStore }): DocumentStore {
  if (documents === undefined) throw new Error('these stores keep documents')
  return documents
}

describeOnStores('the adapter', stores => {
  let count = 0
  const fresh = () => `id-${process.pid}-${count++}`
  const open = () => {
    const deployment = deploy({ core: { stores: stores() }, clock: holdClock(Date.now()) })
    return { ...deployment, adapterOf: createOidcProviderAdapter(deployment.auth, { InvalidGrant }) }
  }

  it('keeps, finds, replaces and destroys', async () => {
    const { adapterOf } = open()
    const [sessions, others] = [adapterOf('Session'), adapterOf('Interaction')]
    const [id, uid] = [fresh(), fresh()]
    await sessions.upsert(id, { jti: id, uid, a: 1 }, 60)
    await sessions.upsert(id, { jti: id, uid, a: 2 }, 60)
    expect(await sessions.find(id)).toEqual({ jti: id, uid, a: 2 })
    expect(await sessions.findByUid(uid)).toEqual({ jti: id, uid, a: 2 })
    expect(await others.find(id)).toBeUndefined()
    expect(await others.findByUid(uid)).toBeUndefined()
    await sessions.destroy(id)
    expect(await sessions.find(id)).toBeUndefined()
    expect(await sessions.findByUid(uid)).toBeUndefined()
  })

  it('finds device codes by what people type, and forgets what has expired', async () => {
    const { adapterOf, clock } = open()
    const codes = adapterOf('DeviceCode')
    const [id, userCode] = [fresh(), fresh()]
    await codes.upsert(id, { jti: id, userCode }, 60)
    expect(await codes.findByUserCode(userCode)).toEqual({ jti: id, userCode })
    clock.advance(60)
    expect(await codes.findByUserCode(userCode)).toBeUndefined()
    expect(await codes.find(id)).toBeUndefined()
    const clients = adapterOf('Client')
    await clients.upsert(id, { client_id: id })
    clock.advance(86_400)
    expect(await clients.find(id)).toEqual({ client_id: id })
  })

  it('of 50 that consume one code lets one pass, and ends the grant', async () => {
    const { adapterOf, clock } = open()
    const [codes, tokens, grants] = [
      adapterOf('AuthorizationCode'),
      adapterOf('AccessToken'),
      adapterOf('Grant'),
    ]
    const [id, token, grantId] = [fresh(), fresh(), fresh()]
    await grants.upsert(grantId, { jti: grantId }, 600)
    await codes.upsert(id, { jti: id, grantId }, 60)
    await tokens.upsert(token, { jti: token, grantId }, 60)
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => codes.consume(id)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(InvalidGrant)
    }
    expect(await grants.find(grantId)).toBeUndefined()
    expect(await tokens.find(token)).toBeUndefined()
    const late = fresh()
    await expect(tokens.upsert(late, { jti: late, grantId }, 60)).rejects.toBeInstanceOf(InvalidGrant)
    expect(await tokens.find(late)).toBeUndefined()
    expect(clock()).toBeGreaterThan(0)
  })

  it('says when something was consumed, and keeps its expiry', async () => {
    const { adapterOf, clock } = open()
    const codes = adapterOf('AuthorizationCode')
    const id = fresh()
    await codes.upsert(id, { jti: id }, 60)
    await codes.consume(id)
    expect(await codes.find(id)).toEqual({ jti: id, consumed: Math.floor(clock() / 1000) })
    await expect(codes.consume(id)).rejects.toBeInstanceOf(InvalidGrant)
    clock.advance(60)
    expect(await codes.find(id)).toBeUndefined()
    await expect(codes.consume(id)).rejects.toBeInstanceOf(InvalidGrant)
  })

  it('revokes everything of a grant, of every model, and nothing of another', async () => {
    const { adapterOf } = open()
    const [grantId, other] = [fresh(), fresh()]
    const ids = [fresh(), fresh(), fresh()] as const
    const models = ['AccessToken', 'RefreshToken', 'AuthorizationCode'] as const
    for (const [index, name] of models.entries()) {
      await adapterOf(name).upsert(String(ids[index]), { grantId }, 60)
    }
    const kept = fresh()
    await adapterOf('AccessToken').upsert(kept, { grantId: other }, 60)
    await adapterOf('AccessToken').revokeByGrantId(grantId)
    for (const [index, name] of models.entries()) {
      expect(await adapterOf(name).find(String(ids[index]))).toBeUndefined()
    }
    expect(await adapterOf('AccessToken').find(kept)).toEqual({ grantId: other })
    // the grant itself lives on where the provider says so: new tokens may come of it
    await adapterOf('AccessToken').upsert(fresh(), { grantId }, 60)
  })

  it('destroys a grant with what is just being issued from it', async () => {
    const { adapterOf } = open()
    const [grantId, early, late] = [fresh(), fresh(), fresh()]
    await adapterOf('Grant').upsert(grantId, { jti: grantId }, 60)
    await adapterOf('AccessToken').upsert(early, { grantId }, 60)
    await adapterOf('Grant').destroy(grantId)
    expect(await adapterOf('AccessToken').find(early)).toBeUndefined()
    await expect(adapterOf('AccessToken').upsert(late, { grantId }, 60)).rejects.toBeInstanceOf(InvalidGrant)
  })

  it('makes one set of keys, whichever of many processes comes first', async () => {
    const { auth } = open()
    const loads = Array.from({ length: 5 }, () => createOidcProviderKeys(auth, { algorithm: 'ES256' }).load())
    const sets = await Promise.all(loads)
    expect(new Set(sets.map(set => JSON.stringify(set))).size).toBe(1)
    const [first] = sets[0]?.keys ?? []
    expect(first).toMatchObject({
      kty: 'EC',
      alg: 'ES256',
      use: 'sig',
      kid: expect.any(String),
      d: expect.any(String),
    })
    const keys = createOidcProviderKeys(auth, { algorithm: 'ES256' })
    const rotated = await keys.rotate()
    expect(rotated.keys.map(({ kid }) => kid).slice(1)).toContain(first?.kid)
    for (let time = 0; time < 3; time += 1) await keys.rotate()
    const { keys: kept } = await keys.load()
    expect(kept).toHaveLength(3)
  })
})

describe('at rest', () => {
  it('there is nothing that opens a door: ids are hashed, the rest is sealed', async () => {
    const stores = memoryStores()
    const puts: PutDocumentCommand[] = []
    const documents: DocumentStore = Object.assign(Object.create(documentsOf(stores)), {
      put: (command: PutDocumentCommand) => {
        puts.push(command)
        return documentsOf(stores).put(command)
      },
    })
    const { auth } = deploy({
      core: { stores: { ...stores, documents: bindAll(documents, documentsOf(stores)) } },
    })
    const adapterOf = createOidcProviderAdapter(auth, { InvalidGrant })
    const payload = {
      jti: 'token-text',
      grantId: 'grant-text',
      uid: 'uid-text',
      userCode: 'code-text',
      sub: 'user-text',
    }
    await adapterOf('DeviceCode').upsert('token-text', payload, 60)
    const keys = await createOidcProviderKeys(auth, { algorithm: 'ES256' }).load()
    expect(puts).toHaveLength(2)
    expect(JSON.stringify(puts)).not.toMatch(/-text/)
    expect(JSON.stringify(puts)).not.toContain(String(keys.keys[0]?.['d']))
  })

  it('what was sealed under another root secret, or for another id, is not found', async () => {
    const stores = memoryStores()
    const before = deploy({ core: { stores } })
    await createOidcProviderAdapter(before.auth, { InvalidGrant })('AccessToken').upsert(
      'a',
      { jti: 'a' },
      60,
    )
    await createOidcProviderKeys(before.auth, { algorithm: 'ES256' }).load()
    const during = deploy({ core: { stores, secrets: [OTHER_SECRET, SECRET] } })
    const adapterOf = createOidcProviderAdapter(during.auth, { InvalidGrant })
    expect(await adapterOf('AccessToken').find('a')).toEqual({ jti: 'a' })
    const after = deploy({ core: { stores, secrets: [OTHER_SECRET] } })
    expect(
      await createOidcProviderAdapter(after.auth, { InvalidGrant })('AccessToken').find('a'),
    ).toBeUndefined()
    // a provider must not start with other keys than those that its clients know
    await expect(createOidcProviderKeys(after.auth, { algorithm: 'ES256' }).load()).rejects.toMatchObject({
      code: 'store_record_invalid',
    })
  })

  it('nothing is kept that is too long', async () => {
    const { auth } = deploy()
    const tokens = createOidcProviderAdapter(auth, { InvalidGrant })('AccessToken')
    await expect(tokens.upsert('a', { text: 'x'.repeat(40_000) }, 60)).rejects.toMatchObject({
      code: 'argument_invalid',
    })
    await tokens.upsert('a', { text: 'x'.repeat(39_000) }, 60)
  })
})

describe('a token that is being issued while its grant ends', () => {
  it('is not issued, whichever comes first', async () => {
    for (const isLate of [true, false]) {
      const stores = memoryStores()
      const plain = documentsOf(stores)
      const [before, after] = [createGate(), createGate()]
      let isHeld = false
      const documents = bindAll(
        Object.assign(Object.create(plain), {
          put: async (command: PutDocumentCommand) => {
            const isToken = isHeld && command.tags.length > 0
            if (isToken && isLate) await before.opened
            const outcome = await plain.put(command)
            if (isToken && !isLate) await after.opened
            return outcome
          },
        }),
        plain,
      )
      const { auth } = deploy({ core: { stores: { ...stores, documents } } })
      const adapterOf = createOidcProviderAdapter(auth, { InvalidGrant })
      await adapterOf('Grant').upsert('g', { jti: 'g' }, 60)
      isHeld = true
      const issuing = adapterOf('AccessToken').upsert('t', { grantId: 'g' }, 60)
      await adapterOf('Grant').destroy('g')
      before.open()
      after.open()
      await expect(issuing).rejects.toBeInstanceOf(InvalidGrant)
      expect(await adapterOf('AccessToken').find('t')).toBeUndefined()
    }
  })
})

describe('wiring', () => {
  it('is checked', () => {
    const { auth } = deploy()
    expect(() => createOidcProviderAdapter(auth, {} as never)).toThrow(/InvalidGrant/)
    expect(() => createOidcProviderKeys(auth, { algorithm: 'HS256' as never })).toThrow(/RS256/)
    expect(createOidcProviderKeys(auth).cookieKeys).toHaveLength(1)
  })
})

/** Methods of a class need their own object; those that were replaced stay. */
function bindAll(replaced: object, plain: DocumentStore): DocumentStore {
  return new Proxy(plain, {
    get(target, name) {
      if (Object.hasOwn(replaced, name)) return Reflect.get(replaced, name)
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
