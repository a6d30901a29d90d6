import { type AuthEvent, createAuthCore, type JsonObject, type Stores } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { describeOnStores } from '@authcore/test-stores'
import { expect, it } from 'vitest'
import {
  createIdentityDirectory,
  type IdentityDirectoryOptions,
  type VerifiedProfile,
} from '../../src/index.js'
import { NEXT_SECRET, SECRET } from '../support/fixture.js'

let run = 0

/** Profiles of one test, that no other test has met in the same stores. */
function profiles() {
  run += 1
  const issuer = `https://op-${run}-${Math.floor(Math.random() * 1e9)}.example.com`
  return (subject: string, more: Partial<VerifiedProfile> = {}): VerifiedProfile => ({
    provider: 'op',
    issuer,
    subject,
    isEmailVerified: false,
    amr: [],
    ...more,
  })
}

type Create = NonNullable<IdentityDirectoryOptions['createAccount']>

function direct(stores: Stores, options: Partial<IdentityDirectoryOptions> = {}, secrets = [SECRET]) {
  const events: AuthEvent[] = []
  const created: string[] = []
  const auth = createAuthCore({
    issuer: 'https://shop.example.com',
    audience: 'https://shop.example.com',
    secrets,
    stores,
    events: event => events.push(event),
  })
  const createAccount: Create = async ({ subject }) => {
    created.push(subject)
    return { outcome: 'created' }
  }
  return { auth, directory: createIdentityDirectory({ auth, createAccount, ...options }), events, created }
}

/** Stores of a process that dies after so many writes: nothing of it arrives any more. */
function dieAfter(stores: Stores, writes: number): Stores {
  const { documents } = stores
  if (documents === undefined) throw new Error('these stores keep no documents')
  let left = writes
  return {
    ...stores,
    documents: new Proxy(documents, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name)
        if (typeof method !== 'function') return method
        return async (...given: unknown[]) => {
          if (left < 0) throw new Error('this process is dead')
          if (name === 'put' || name === 'remove') left -= 1
          if (left < 0) throw new Error('this process is dead')
          return method.apply(target, given)
        }
      },
    }),
  }
}

describeOnStores('identities', stores => {
  // covers ASVS-10.5.2
  it('issuer and subject together name a person', async () => {
    const { directory, created } = direct(stores())
    const profile = profiles()
    const first = await directory.findOrCreateUser(profile('ada'))
    expect(first).toMatchObject({ outcome: 'created', subject: created[0] })
    // a new address, a new name: the same person
    const renamed = profile('ada', { email: 'new@example.com', isEmailVerified: true, name: 'Ada L.' })
    expect(await directory.findOrCreateUser(renamed)).toEqual({ outcome: 'found', subject: created[0] })
    const others = [profile('Ada'), profile('ada '), profile('ada', { issuer: `${profile('').issuer}/` })]
    for (const other of others) {
      expect(await directory.findOrCreateUser(other)).toMatchObject({ outcome: 'created' })
    }
    expect(new Set(created).size).toBe(4)
  })

  it('fifty first sign-ins at once make one account', async () => {
    const { directory, created } = direct(stores())
    const profile = profiles()('ada')
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => directory.findOrCreateUser(profile)))
    expect(new Set(outcomes.map(outcome => 'subject' in outcome && outcome.subject)).size).toBe(1)
    expect(new Set(created).size).toBe(1)
    expect(outcomes.filter(({ outcome }) => outcome === 'created')).toHaveLength(1)
  })

  it('an account that could not be made is made under the same subject the next time', async () => {
    const asked: string[] = []
    let isBroken = true
    const createAccount: Create = async ({ subject }) => {
      asked.push(subject)
      if (isBroken) throw new Error('the database of the application is away')
      return { outcome: 'created' }
    }
    const { directory, events } = direct(stores(), { createAccount })
    const profile = profiles()('ada')
    await expect(directory.findOrCreateUser(profile)).rejects.toThrow(
      'the database of the application is away',
    )
    expect(await directory.list(asked[0] ?? '')).toEqual([])
    isBroken = false
    expect(await directory.findOrCreateUser(profile)).toEqual({ outcome: 'created', subject: asked[0] })
    expect(new Set(asked).size).toBe(1)
    expect(events.filter(({ type }) => type === 'identity.linked')).toMatchObject([{ by: 'sign_up' }])
  })

  it('an account that is refused leaves nothing behind', async () => {
    const createAccount: Create = async () => ({ outcome: 'refused' })
    const { directory, events } = direct(stores(), { createAccount })
    const profile = profiles()('ada')
    expect(await directory.findOrCreateUser(profile)).toEqual({ outcome: 'refused' })
    expect(events).toEqual([])
    const { directory: open } = direct(stores())
    expect(await open.findOrCreateUser(profile)).toMatchObject({ outcome: 'created' })
  })

  it('without createAccount nobody can sign up', async () => {
    const { directory } = direct(stores(), { createAccount: undefined as never })
    expect(await directory.findOrCreateUser(profiles()('ada'))).toEqual({ outcome: 'refused' })
  })

  it.each<[string, Partial<VerifiedProfile>, readonly string[], string]>([
    ['verified, by policy', { email: 'a@example.com', isEmailVerified: true }, ['op'], 'found'],
    ['not verified', { email: 'a@example.com', isEmailVerified: false }, ['op'], 'created'],
    ['verified, without a policy', { email: 'a@example.com', isEmailVerified: true }, [], 'created'],
    [
      'verified, of another provider',
      { email: 'a@example.com', isEmailVerified: true },
      ['google'],
      'created',
    ],
    ['of nobody here', { email: 'b@example.com', isEmailVerified: true }, ['op'], 'created'],
    ['absent', {}, ['op'], 'created'],
  ])('an address that is %s', async (_name, more, linkByEmail, outcome) => {
    const findByVerifiedEmail = async (email: string) =>
      email === 'a@example.com' ? { subject: 'user-1' } : undefined
    const { directory, events } = direct(stores(), { linkByEmail, findByVerifiedEmail })
    const profile = profiles()('ada', more)
    expect(await directory.findOrCreateUser(profile)).toMatchObject({ outcome })
    const by = outcome === 'found' ? 'email' : 'sign_up'
    expect(events).toMatchObject([{ type: 'identity.linked', by }])
    expect(await directory.findOrCreateUser(profile)).toMatchObject({ outcome: 'found' })
  })

  it('an owner links, sees and unlinks what is theirs', async () => {
    const { directory, events } = direct(stores())
    const profile = profiles()
    const owner = `owner-${run}-${Math.random()}`
    expect(await directory.link(profile('work', { email: 'w@example.com' }), owner)).toEqual({
      outcome: 'linked',
    })
    expect(await directory.link(profile('home', { name: 'Ada' }), owner)).toEqual({ outcome: 'linked' })
    expect(await directory.link(profile('home'), owner)).toEqual({ outcome: 'linked' })
    const list = await directory.list(owner)
    expect(list.map(({ label }) => label).sort()).toEqual(['Ada', 'w@example.com'])
    expect(await directory.findOrCreateUser(profile('home'))).toEqual({ outcome: 'found', subject: owner })
    const id = list.find(({ label }) => label === 'Ada')?.id ?? ''
    expect(await directory.unlink('somebody else', id)).toEqual({ found: false })
    expect(await directory.unlink(owner, id)).toEqual({ found: true })
    expect(await directory.unlink(owner, id)).toEqual({ found: false })
    expect(await directory.findOrCreateUser(profile('home'))).toMatchObject({ outcome: 'created' })
    expect(events.filter(({ type }) => type === 'identity.unlinked')).toMatchObject([
      { subject: owner, provider: 'op', identityId: id },
    ])
  })

  it('an identity that opens an account is not linked to another', async () => {
    const { directory } = direct(stores())
    const profile = profiles()('ada')
    await directory.findOrCreateUser(profile)
    expect(await directory.link(profile, 'somebody else')).toEqual({ outcome: 'taken' })
  })

  it('of two accounts that link the same identity at once one gets it', async () => {
    const { directory } = direct(stores())
    const profile = profiles()('ada')
    const outcomes = await Promise.all(['a', 'b'].map(owner => directory.link(profile, owner)))
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['linked', 'taken'])
  })

  it('an account has at most twenty', async () => {
    const { directory } = direct(stores())
    const profile = profiles()
    const owner = `owner-${run}-${Math.random()}`
    for (let i = 0; i < 20; i += 1) await directory.link(profile(`${i}`), owner)
    expect(await directory.link(profile('one more'), owner)).toEqual({ outcome: 'limit_reached' })
    expect(await directory.link(profile('3'), owner)).toEqual({ outcome: 'linked' })
    const [{ id } = { id: '' }] = await directory.list(owner)
    await directory.unlink(owner, id)
    expect(await directory.link(profile('one more'), owner)).toEqual({ outcome: 'linked' })
    expect(await directory.list(owner)).toHaveLength(20)
  })

  it('forty links at once, from two processes, make exactly twenty', async () => {
    const both = [direct(stores()), direct(stores())] as const
    const profile = profiles()
    const owner = `owner-${run}-${Math.random()}`
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        both[index % 2 === 0 ? 0 : 1].directory.link(profile(`${index}`), owner),
      ),
    )
    expect(outcomes.filter(({ outcome }) => outcome === 'linked')).toHaveLength(20)
    expect(outcomes.filter(({ outcome }) => outcome === 'limit_reached')).toHaveLength(20)
    expect(await both[0].directory.list(owner)).toHaveLength(20)
    for (const [index, { outcome }] of outcomes.entries()) {
      const opened = await both[0].directory.findOrCreateUser(profile(`${index}`))
      expect(opened).toMatchObject(
        outcome === 'linked' ? { outcome: 'found', subject: owner } : { outcome: 'created' },
      )
    }
    expect(
      both.flatMap(({ events }) => events).filter(({ type }) => type === 'identity.linked'),
    ).toHaveLength(40)
  })

  it('an address opens no account that is full', async () => {
    const owner = `owner-${Math.random()}`
    const findByVerifiedEmail = async () => ({ subject: owner })
    const { directory } = direct(stores(), { linkByEmail: ['op'], findByVerifiedEmail })
    const profile = profiles()
    const addressed = (subject: string) => profile(subject, { email: 'a@example.com', isEmailVerified: true })
    const outcomes = await Promise.all(
      Array.from({ length: 21 }, (_, index) => directory.findOrCreateUser(addressed(`${index}`))),
    )
    expect(outcomes.filter(({ outcome }) => outcome === 'found')).toHaveLength(20)
    expect(outcomes.filter(({ outcome }) => outcome === 'refused')).toHaveLength(1)
    expect(await directory.list(owner)).toHaveLength(20)
  })

  it.each([1, 2])('a process that dies after write %i of a link takes no place away', async writes => {
    const profile = profiles()
    const owner = `owner-${run}-${Math.random()}`
    const { directory } = direct(stores())
    for (let i = 0; i < 19; i += 1) await directory.link(profile(`${i}`), owner)
    const { directory: dying } = direct(dieAfter(stores(), writes))
    await expect(dying.link(profile('lost'), owner)).rejects.toMatchObject({ code: 'store_unavailable' })
    const other = await directory.link(profile('other'), owner)
    const lost = await directory.link(profile('lost'), owner)
    // whoever is second: the place is there once
    expect([other.outcome, lost.outcome].sort()).toEqual(['limit_reached', 'linked'])
    const list = await directory.list(owner)
    expect(list).toHaveLength(20)
    // what takes a place is seen, and can be taken away
    for (const { id } of list) expect(await directory.unlink(owner, id)).toEqual({ found: true })
    expect(await directory.link(profile('other'), owner)).toEqual({ outcome: 'linked' })
  })

  it('a link that a dead process began is finished by the next sign-in', async () => {
    const profile = profiles()('ada')
    const owner = `owner-${run}-${Math.random()}`
    const { directory: dying } = direct(dieAfter(stores(), 1))
    await expect(dying.link(profile, owner)).rejects.toMatchObject({ code: 'store_unavailable' })
    const { directory, events } = direct(stores())
    expect(await directory.list(owner)).toEqual([])
    expect(await directory.link(profile, 'somebody else')).toEqual({ outcome: 'taken' })
    expect(await directory.findOrCreateUser(profile)).toEqual({ outcome: 'found', subject: owner })
    expect(events).toMatchObject([{ type: 'identity.linked', subject: owner, by: 'owner' }])
  })

  it('a process that dies while it takes an identity away leaves no place taken', async () => {
    const profile = profiles()
    const owner = `owner-${run}-${Math.random()}`
    const { directory } = direct(stores())
    for (let i = 0; i < 20; i += 1) await directory.link(profile(`${i}`), owner)
    const [{ id } = { id: '' }] = await directory.list(owner)
    const { directory: dying } = direct(dieAfter(stores(), 1))
    await expect(dying.unlink(owner, id)).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await directory.list(owner)).toHaveLength(19)
    expect(await directory.link(profile('new'), owner)).toEqual({ outcome: 'linked' })
    expect(await directory.link(profile('more'), owner)).toEqual({ outcome: 'limit_reached' })
  })

  it('links and unlinks of one identity at once leave it linked or not, and nothing in between', async () => {
    const { directory } = direct(stores())
    const profile = profiles()('ada')
    const owner = `owner-${run}-${Math.random()}`
    await directory.link(profile, owner)
    const [{ id } = { id: '' }] = await directory.list(owner)
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        index % 3 === 0 ? directory.unlink(owner, id) : directory.link(profile, owner),
      ),
    )
    const isListed = (await directory.list(owner)).length === 1
    const opened = await directory.findOrCreateUser(profile)
    expect(opened).toMatchObject(isListed ? { outcome: 'found', subject: owner } : { outcome: 'created' })
  })

  it('names are sealed; what a lost root secret has sealed is only a name', async () => {
    const before = direct(stores())
    const profile = profiles()('ada', { email: 'ada@example.com' })
    const owner = `owner-${run}-${Math.random()}`
    await before.directory.link(profile, owner)
    const after = direct(stores(), {}, [NEXT_SECRET])
    const [identity] = await after.directory.list(owner)
    expect(identity).toMatchObject({ provider: 'op' })
    expect(identity).not.toHaveProperty('label')
    expect(await after.directory.findOrCreateUser(profile)).toEqual({ outcome: 'found', subject: owner })
  })
})

it('a record that cannot be read is an outage and no new identity', async () => {
  const stores = memoryStores()
  const { directory } = direct(stores)
  const profile = profiles()('ada')
  const { subject } = (await directory.findOrCreateUser(profile)) as { subject: string }
  const [{ id } = { id: '' }] = await directory.list(subject)
  const key = { namespace: 'oauth.identities', id, now: Date.now() }
  const kept = await stores.documents?.find(key)
  let expectedVersion = kept?.version ?? 0
  for (const damage of [{ account: 5 }, { by: 'chance' }, { isConfirmed: 'yes' }, { linkedAt: '1' }]) {
    const value = { ...kept?.value, ...damage }
    await stores.documents?.put({ ...key, tags: [], value, expectedVersion, writeId: 'w' })
    expectedVersion += 1
    await expect(directory.findOrCreateUser(profile)).rejects.toMatchObject({ code: 'store_record_invalid' })
  }
})

it('an account whose identities cannot be read is an outage, and opens to nobody', async () => {
  const stores = memoryStores()
  const { directory, auth } = direct(stores)
  const profile = profiles()('ada')
  await directory.link(profile, 'user-1')
  const account = auth.secretBox('oauth.identity').hash('user-1')
  const key = { namespace: 'oauth.identities.account', id: account, now: Date.now() }
  const replace = (value: JsonObject, expectedVersion: number) =>
    stores.documents?.put({ ...key, tags: [], value, expectedVersion, writeId: 'w' })
  await replace({ identities: 'all' }, 1)
  await expect(directory.findOrCreateUser(profile)).rejects.toMatchObject({ code: 'store_record_invalid' })
  await expect(directory.link(profile, 'user-1')).rejects.toMatchObject({ code: 'store_record_invalid' })
  // what the account does not count as its own is completed, never just believed
  await replace({ identities: [] }, 2)
  expect(await directory.list('user-1')).toEqual([])
  expect(await directory.findOrCreateUser(profile)).toEqual({ outcome: 'found', subject: 'user-1' })
  expect(await directory.list('user-1')).toHaveLength(1)
})

it.each<[Record<string, unknown>, string]>([
  [{ auth: undefined }, 'auth'],
  [{ auth: {} }, 'auth'],
  [{ createAccount: 5 }, 'createAccount'],
  [{ linkByEmail: ['op'] }, 'linkByEmail'],
  [{ linkByEmail: 'op', findByVerifiedEmail: async () => undefined }, 'linkByEmail'],
  [{ findByVerifiedEmail: 5 }, 'findByVerifiedEmail'],
  [{ linkByMail: [] }, 'linkByMail'],
])('refuses the options %j', (options, path) => {
  expect(() => direct(memoryStores(), options)).toThrow(
    expect.objectContaining({
      code: 'config_invalid',
      problems: expect.arrayContaining([expect.objectContaining({ path })]),
    }),
  )
})
