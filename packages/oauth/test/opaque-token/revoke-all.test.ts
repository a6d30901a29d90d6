import type { Stores } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import type { DocumentStore, RevocationStore } from '@authcore/core/ports'
import { describeOnStores } from '@authcore/test-stores'
import { describe, expect, it } from 'vitest'
import type { OpaqueTokenOwner } from '../../src/index.js'
import { countCalls, createGate, deploy, holdClock, START } from '../support/token-fixture.js'

describeOnStores('ending all tokens of an owner', stores => {
  let count = 0
  const fresh = () => `owner-${process.pid}-${count++}-${Math.random()}`
  const ids = () => ({ subject: fresh(), clientId: fresh(), sessionId: fresh() })
  const open = (own: Stores = stores(), clock = holdClock(Date.now())) =>
    deploy({ core: { stores: own }, clock })

  it.each(['subject', 'clientId', 'sessionId'] as const)(
    'by %s refuses a token whose record is written after the others were removed',
    async name => {
      const owner = ids()
      const { stores: slow, arrived, gate } = holdWrites(stores())
      const clock = holdClock(Date.now())
      const [issuer, revoker] = [open(slow, clock), open(stores(), clock)]
      const issuing = issuer.opaqueTokens.issue(owner)
      await arrived
      expect(await revoker.opaqueTokens.revokeAll({ [name]: owner[name] } as OpaqueTokenOwner)).toEqual({
        count: 0,
      })
      gate.open()
      const { accessToken, tokenId } = await issuing
      for (const { opaqueTokens } of [issuer, revoker]) {
        await expect(opaqueTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
        expect(await opaqueTokens.introspect(accessToken)).toBeUndefined()
        expect(await opaqueTokens.list(owner.subject)).toEqual([])
      }
      expect(issuer.eventsOf('opaque_token.revoked')).toMatchObject([{ tokenId }])
    },
  )

  it('refuses it also when it was ended before within the same millisecond', async () => {
    const owner = ids()
    const { stores: slow, arrived, gate } = holdWrites(stores())
    const clock = holdClock(Date.now())
    const [issuer, revoker] = [open(slow, clock), open(stores(), clock)]
    await revoker.opaqueTokens.revokeAll({ subject: owner.subject })
    const issuing = issuer.opaqueTokens.issue(owner)
    await arrived
    await revoker.opaqueTokens.revokeAll({ subject: owner.subject })
    gate.open()
    const { accessToken } = await issuing
    await expect(issuer.opaqueTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
  })

  it.each([-900, -1, 1, 900])('refuses it by a process whose clock differs by %i seconds', async seconds => {
    const owner = ids()
    const { stores: slow, arrived, gate } = holdWrites(stores())
    const [issuer, revoker] = [open(slow), open(stores())]
    revoker.clock.advance(seconds)
    const issuing = issuer.opaqueTokens.issue(owner)
    await arrived
    await revoker.opaqueTokens.revokeAll({ clientId: owner.clientId })
    gate.open()
    const { accessToken } = await issuing
    await expect(issuer.opaqueTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
    // and what is issued afterwards is good, whoever is ahead
    const later = await issuer.opaqueTokens.issue(owner)
    await expect(issuer.opaqueTokens.verify(later.accessToken)).resolves.toBeDefined()
  })

  it('lets live what is issued after it has returned, within the same millisecond', async () => {
    const owner = ids()
    const { opaqueTokens, auth } = open()
    const { accessToken: jwt } = await auth.accessTokens.issue({ subject: owner.subject })
    for (let round = 0; round < 3; round += 1) {
      const { accessToken } = await opaqueTokens.issue(owner)
      await expect(opaqueTokens.verify(accessToken)).resolves.toMatchObject({ subject: owner.subject })
      expect(await opaqueTokens.revokeAll({ subject: owner.subject })).toEqual({ count: 1 })
      await expect(opaqueTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
    }
    // nothing else ends
    await expect(auth.accessTokens.verify(jwt)).resolves.toMatchObject({ subject: owner.subject })
    const { accessToken: other } = await opaqueTokens.issue({ ...owner, subject: fresh() })
    await opaqueTokens.revokeAll({ subject: owner.subject })
    await expect(opaqueTokens.verify(other)).resolves.toBeDefined()
  })

  it('refuses everything that thirty calls had begun to issue', async () => {
    const owner = ids()
    const [here, there] = [open(), open()]
    const issuing = Array.from({ length: 30 }, () => here.opaqueTokens.issue(owner))
    const [issued] = await Promise.all([
      Promise.all(issuing),
      there.opaqueTokens.revokeAll({ subject: owner.subject }),
      there.opaqueTokens.revokeAll({ clientId: owner.clientId }),
    ])
    for (const { accessToken } of issued) {
      await expect(there.opaqueTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
    }
    expect(await there.opaqueTokens.list(owner.subject)).toEqual([])
  })
})

describe('what that costs', () => {
  const READ = { subject: 'user-1', clientId: 'web' }

  it('is two look-ups while issuing and none while verifying', async () => {
    const { stores, calls } = countCalls(memoryStores())
    const { opaqueTokens } = deploy({ core: { stores } })
    const { accessToken } = await opaqueTokens.issue(READ)
    expect(calls).toEqual(['revocations.find', 'documents.put', 'revocations.find'])
    calls.length = 0
    await opaqueTokens.verify(accessToken)
    expect(calls.sort()).toEqual(['documents.find', 'revocations.find'])
  })

  it('is remembered for as long as a token that was being issued could live', async () => {
    const stores = memoryStores()
    const { auth, opaqueTokens, clock } = deploy({ core: { stores } })
    const id = auth.secretBox('oauth.opaque_token').hash('subject:user-1')
    const find = () => stores.revocations.find({ marks: [{ kind: 'subject', id }], now: clock() })
    await opaqueTokens.revokeAll({ subject: 'user-1' })
    clock.advance(900 + 59)
    expect(await find()).toEqual([START])
    clock.advance(1)
    expect(await find()).toEqual([undefined])
    const { accessToken } = await opaqueTokens.issue(READ)
    await expect(opaqueTokens.verify(accessToken)).resolves.toBeDefined()
  })

  it.each([
    ['is away', () => Promise.reject(new Error('ECONNREFUSED')), 'store_unavailable'],
    ['answers too little', () => Promise.resolve([]), 'store_record_invalid'],
  ] as const)('when the store of revocations %s, nothing is issued', async (_name, find, code) => {
    const stores = memoryStores()
    for (const goodAnswers of [0, 1]) {
      const revocations = failAfter(stores.revocations, goodAnswers, find)
      const { opaqueTokens, eventsOf } = deploy({ core: { stores: { ...stores, revocations } } })
      await expect(opaqueTokens.issue(READ)).rejects.toMatchObject({ code })
      expect(eventsOf('opaque_token.issued')).toEqual([])
    }
  })

  it('does not touch the bound of the cache', async () => {
    const clock = holdClock()
    const options = { core: { stores: memoryStores() }, clock, tokens: { cache: { maxAgeSeconds: 30 } } }
    const [here, there] = [deploy(options), deploy(options)]
    const { accessToken } = await here.opaqueTokens.issue(READ)
    await there.opaqueTokens.verify(accessToken)
    await here.opaqueTokens.revokeAll({ subject: 'user-1' })
    clock.advance(there.opaqueTokens.stalenessBoundSeconds - 1)
    await expect(there.opaqueTokens.verify(accessToken)).resolves.toBeDefined()
    clock.advance(1)
    await expect(there.opaqueTokens.verify(accessToken)).rejects.toMatchObject({ code: 'token_revoked' })
  })
})

/** Stores that hold back every new document until the gate is opened. */
function holdWrites(stores: Stores) {
  const [arrival, gate] = [createGate(), createGate()]
  const { documents } = stores
  if (documents === undefined) throw new Error('these stores keep no documents')
  const put: DocumentStore['put'] = async command => {
    arrival.open()
    await gate.opened
    return documents.put(command)
  }
  return {
    stores: { ...stores, documents: replaceMethod(documents, 'put', put) },
    arrived: arrival.opened,
    gate,
  }
}

function failAfter(
  revocations: RevocationStore,
  goodAnswers: number,
  find: () => Promise<never[]>,
): RevocationStore {
  let left = goodAnswers
  return replaceMethod(revocations, 'find', query => {
    left -= 1
    return left >= 0 ? revocations.find(query) : find()
  })
}

/** The same store but for one method. */
function replaceMethod<Store extends object, Name extends keyof Store>(
  store: Store,
  name: Name,
  method: Store[Name],
): Store {
  return new Proxy(store, {
    get: (target, asked) => {
      if (asked === name) return method
      const member: unknown = Reflect.get(target, asked)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
