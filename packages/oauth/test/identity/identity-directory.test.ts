import { type AuthEvent, createAuthCore, type Stores } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { expect, it } from 'vitest'
import {
  createIdentityDirectory,
  type IdentityDirectoryOptions,
  type VerifiedProfile,
} from '../../src/index.js'
import { NEXT_SECRET, SECRET } from '../support/fixture.js'
import { describeOnStores } from '../support/stores.js'

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
  return { directory: createIdentityDirectory({ auth, createAccount, ...options }), events, created }
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
  await stores.documents?.put({
    namespace: 'oauth.identities',
    id,
    tags: [],
    value: { account: 5 },
    expectedVersion: 2,
    writeId: 'w',
    now: Date.now(),
  })
  await expect(directory.findOrCreateUser(profile)).rejects.toMatchObject({ code: 'store_record_invalid' })
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
