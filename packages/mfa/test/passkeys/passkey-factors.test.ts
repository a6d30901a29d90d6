import type { AccessTokenPrincipal } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { describe, expect, it } from 'vitest'
import { Authenticator, type Bend, type PasskeyAlgorithm } from '../support/authenticator.js'
import type { Cbor } from '../support/cbor.js'
import { type Deployment, type DeployOptions, deploy, outcomeOf } from '../support/fixture.js'

const PASSKEYS = { rpId: 'example.com', origins: ['https://www.example.com'] }
const LOGIN = { subject: 'user-ada', loginId: 'login-1' }

function deployPasskeys(options: DeployOptions = {}): Deployment {
  return deploy({ passkeys: PASSKEYS, ...options })
}

async function add(
  { factors }: Deployment,
  principal: AccessTokenPrincipal,
  authenticator = new Authenticator(),
  bend: Bend = {},
) {
  const { options } = await factors.startPasskey(principal, {
    accountName: 'ada@example.com',
    name: 'Laptop',
  })
  const factor = await factors.confirmPasskey(principal, { response: authenticator.create(options, bend) })
  return { authenticator, factor, options }
}

async function enrol(deployment: Deployment, subject = 'user-ada', authenticator = new Authenticator()) {
  const principal = await deployment.logIn(subject)
  return { ...(await add(deployment, principal, authenticator)), principal }
}

/** Answers a challenge of `LOGIN` and says what came of it. */
async function answer(
  { factors }: Deployment,
  authenticator: Authenticator,
  bend: Bend = {},
  { from = LOGIN, to = LOGIN } = {},
) {
  const { options } = await factors.challengePasskey(from)
  const proof = { method: 'passkey', response: authenticator.get(options, bend) }
  return outcomeOf(factors.verify(to.subject, proof, { loginId: to.loginId }))
}

const REFUSED = 'login_second_factor_invalid'

describe('a new passkey', () => {
  it('is asked for so that it verifies its user and belongs to one domain', async () => {
    const deployment = deployPasskeys()
    const principal = await deployment.logIn()
    const { options, expiresAt } = await deployment.factors.startPasskey(principal, { accountName: 'ada' })
    expect(expiresAt).toBe(deployment.clock() + 300_000)
    expect(options).toMatchObject({
      rp: { id: 'example.com', name: 'Example Shop' },
      user: { name: 'ada', id: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) },
      challenge: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      attestation: 'none',
      authenticatorSelection: { userVerification: 'required' },
      pubKeyCredParams: [{ alg: -8 }, { alg: -7 }, { alg: -257 }],
      excludeCredentials: [],
    })
    expect(Buffer.from(options.user.id, 'base64url').toString()).not.toContain('ada')
  })

  // covers ASVS-6.3.3
  it.each<PasskeyAlgorithm>(['ES256', 'EdDSA', 'RS256'])(
    'of %s is accepted and proves a login',
    async algorithm => {
      const deployment = deployPasskeys({ acr: { passkey: 'urn:example:phr' } })
      const { factors, eventsOf } = deployment
      const { authenticator, factor, principal } = await enrol(
        deployment,
        undefined,
        new Authenticator({ algorithm }),
      )
      expect(factor).toMatchObject({ method: 'passkey', name: 'Laptop', isBackedUp: false })
      expect(await factors.listMethods('user-ada')).toEqual(['passkey'])
      expect((await factors.list(principal)).factors).toEqual([factor])
      expect(await answer(deployment, authenticator)).toEqual({
        amr: ['hwk', 'user'],
        acr: 'urn:example:phr',
      })
      expect(eventsOf('factor.used')).toMatchObject([{ method: 'passkey', factorId: factor.factorId }])
    },
  )

  it('may state itself that it is one', async () => {
    for (const algorithm of ['ES256', 'EdDSA', 'RS256'] as const) {
      const deployment = deployPasskeys()
      const principal = await deployment.logIn()
      const authenticator = new Authenticator({ algorithm })
      await add(deployment, principal, authenticator, { attestation: 'self' })
      expect(await answer(deployment, authenticator)).toMatchObject({ amr: ['hwk', 'user'] })
    }
  })

  it('that is synchronised says so', async () => {
    const deployment = deployPasskeys()
    const { authenticator, factor } = await enrol(
      deployment,
      undefined,
      new Authenticator({ isBackupEligible: true }),
    )
    expect(factor.isBackedUp).toBe(true)
    expect(await answer(deployment, authenticator)).toEqual({ amr: ['swk', 'user'] })
  })

  const P384 = new Map<number, Cbor>([
    [1, 2],
    [3, -7],
    [-1, 2],
    [-2, Buffer.alloc(48, 1)],
    [-3, Buffer.alloc(48, 1)],
  ])

  it.each<[string, Bend]>([
    ['another origin', { origin: 'https://www.example.org' }],
    ['a subdomain that is not named', { origin: 'https://evil.example.com' }],
    ['the origin without its scheme', { origin: 'www.example.com' }],
    ['an origin with another port', { origin: 'https://www.example.com:8443' }],
    ['another domain', { rpId: 'example.org' }],
    ['the host of the page for a domain', { rpId: 'www.example.com' }],
    ['a login instead of a registration', { type: 'webauthn.get' }],
    ['another challenge', { challenge: Buffer.alloc(32, 7).toString('base64url') }],
    ['no challenge', { challenge: '' }],
    ['nobody verified', { flags: 0x01 }],
    ['nobody there', { flags: 0x04 }],
    ['a backup of what cannot be backed up', { flags: 0x15 }],
    ['a frame of another site', { clientData: { crossOrigin: true } }],
    ['a frame of a named site', { clientData: { topOrigin: 'https://www.example.com' } }],
    ['a certificate', { attestation: 'x5c' }],
    ['a statement of a TPM', { attestation: 'tpm' }],
    ['a statement where there is none', { attestation: 'none-with-statement' }],
    ['a statement of another algorithm', { attestation: 'self-of-another' }],
    ['another id outside than inside', { id: Buffer.alloc(32, 9).toString('base64url') }],
    ['a long id', { credentialId: Buffer.alloc(1024, 1) }],
    ['no id', { credentialId: Buffer.alloc(0) }],
    ['a curve of another algorithm', { publicKey: P384 }],
    [
      'an algorithm that was not asked for',
      {
        publicKey: new Map([
          [1, 2],
          [3, -47],
          [-1, 8],
        ]),
      },
    ],
    [
      'a key of another kind',
      {
        publicKey: new Map<number, Cbor>([
          [1, 1],
          [3, -7],
          [-1, 1],
          [-2, Buffer.alloc(32)],
        ]),
      },
    ],
    ['no key', { publicKey: new Map() }],
    [
      'a small modulus',
      {
        publicKey: new Map<number, Cbor>([
          [1, 3],
          [3, -257],
          [-1, Buffer.alloc(128, 255)],
          [-2, Buffer.of(1, 0, 1)],
        ]),
      },
    ],
    [
      'a huge key',
      {
        publicKey: new Map<number, Cbor>([
          [1, 3],
          [3, -257],
          [-1, Buffer.alloc(2000, 255)],
          [-2, Buffer.of(1, 0, 1)],
        ]),
      },
    ],
  ])('is refused with %s', async (_, bend) => {
    const deployment = deployPasskeys()
    const principal = await deployment.logIn()
    expect(await outcomeOf(add(deployment, principal, new Authenticator(), bend))).toBe(
      'factor_enrolment_invalid',
    )
    expect(await deployment.factors.isEnrolled('user-ada')).toBe(false)
  })

  // covers ASVS-6.7.2
  it('uses a challenge up, of 256 random bits, of its owner, session and ceremony', async () => {
    const deployment = deployPasskeys()
    const { factors, logIn, clock } = deployment
    const [ada, elsewhere, eve] = [await logIn(), await logIn(), await logIn('user-eve')]
    const authenticator = new Authenticator()
    const begin = async () => (await factors.startPasskey(ada, { accountName: 'ada' })).options
    const confirm = (principal: AccessTokenPrincipal, response: unknown) =>
      outcomeOf(factors.confirmPasskey(principal, { response }))
    const options = await begin()
    expect(Buffer.from(options.challenge, 'base64url')).toHaveLength(32)
    expect((await begin()).challenge).not.toBe(options.challenge)
    const response = authenticator.create(options)
    expect(await confirm(eve, response)).toBe('factor_enrolment_invalid')
    expect(await confirm(elsewhere, response)).toBe('factor_enrolment_invalid')
    expect(await confirm(ada, response)).toMatchObject({ method: 'passkey' })
    expect(await confirm(ada, response)).toBe('factor_enrolment_invalid')
    const late = new Authenticator().create(await begin())
    clock.advance(300)
    expect(await confirm(await logIn(), late)).toBe('factor_enrolment_invalid')
    const login = await factors.challengePasskey(LOGIN)
    const swapped = authenticator.create({ ...options, challenge: login.options.challenge })
    expect(await confirm(await logIn(), swapped)).toBe('factor_enrolment_invalid')
  })

  it('belongs to one account, also when two come at the same time', async () => {
    const deployment = deployPasskeys()
    const { factors, logIn } = deployment
    const authenticator = new Authenticator()
    const subjects = ['user-ada', 'user-eve', 'user-bob', 'user-sue']
    const outcomes = await Promise.all(
      subjects.map(async subject => outcomeOf(add(deployment, await logIn(subject), authenticator))),
    )
    expect(outcomes.filter(outcome => outcome === 'factor_already_enrolled')).toHaveLength(3)
    const owner = subjects[outcomes.findIndex(outcome => typeof outcome !== 'string')] ?? ''
    expect(await outcomeOf(add(deployment, await logIn(owner), authenticator))).toBe(
      'factor_already_enrolled',
    )
    const principal = await logIn(owner)
    const [factor] = (await factors.list(principal)).factors
    await factors.remove(principal, factor?.factorId ?? '')
    expect(await add(deployment, await logIn('user-zoe'), authenticator)).toMatchObject({ factor: {} })
  })

  it('can be added again after a crash between its claim and its record', async () => {
    const stores = memoryStores()
    const { documents } = stores
    let isBroken = true
    const failing: typeof documents = {
      ...documents,
      put: async command => {
        if (isBroken && command.namespace === 'mfa.factors') throw new Error('The connection is gone.')
        return documents.put(command)
      },
      find: query => documents.find(query),
      list: query => documents.list(query),
      remove: command => documents.remove(command),
      removeAll: command => documents.removeAll(command),
      sweep: command => documents.sweep(command),
    }
    const deployment = deployPasskeys({ core: { stores: { ...stores, documents: failing } } })
    const authenticator = new Authenticator()
    const principal = await deployment.logIn()
    expect(await outcomeOf(add(deployment, principal, authenticator))).toBe('store_unavailable')
    isBroken = false
    const eve = await deployment.logIn('user-eve')
    expect(await outcomeOf(add(deployment, eve, authenticator))).toBe('factor_already_enrolled')
    expect(await add(deployment, principal, authenticator)).toMatchObject({ factor: { name: 'Laptop' } })
  })

  it('is one of at most as many as the options allow', async () => {
    const deployment = deployPasskeys({ passkeys: { ...PASSKEYS, maxPerAccount: 2 } })
    const { factors, logIn } = deployment
    const principal = await logIn()
    const begun = await Promise.all(
      [1, 2, 3].map(async () => (await factors.startPasskey(principal, { accountName: 'ada' })).options),
    )
    const outcomes = await Promise.all(
      begun.map(options =>
        outcomeOf(factors.confirmPasskey(principal, { response: new Authenticator().create(options) })),
      ),
    )
    expect(outcomes.filter(outcome => outcome === 'factor_limit_reached')).toHaveLength(1)
    expect(await outcomeOf(factors.startPasskey(principal, { accountName: 'ada' }))).toBe(
      'factor_limit_reached',
    )
    const { options } = await factors.challengePasskey(LOGIN)
    expect(options.allowCredentials).toMatchObject([{ transports: ['hybrid', 'internal'] }, {}])
  })
})

describe('a login with a passkey', () => {
  it.each<[string, Bend]>([
    ['another origin', { origin: 'https://www.example.org' }],
    ['another domain', { rpId: 'example.org' }],
    ['a registration instead of a login', { type: 'webauthn.create' }],
    ['another challenge', { challenge: Buffer.alloc(32, 7).toString('base64url') }],
    ['nobody verified', { flags: 0x01 }],
    ['nobody there', { flags: 0x04 }],
    ['a backup of what cannot be backed up', { flags: 0x15 }],
    ['a frame of another site', { clientData: { crossOrigin: true } }],
    ['a signature of zeros', { signature: Buffer.alloc(70) }],
    ['a long signature', { signature: Buffer.alloc(1000, 1) }],
    ['the name of another account', { userHandle: Buffer.alloc(32, 3).toString('base64url') }],
    ['the id of no passkey', { credentialId: Buffer.alloc(32, 9) }],
    ['a long challenge', { challenge: 'A'.repeat(3000) }],
    ['a large client data', { clientData: { more: 'x'.repeat(4000) } }],
  ])('is refused with %s', async (_, bend) => {
    const deployment = deployPasskeys()
    const { authenticator } = await enrol(deployment)
    expect(await answer(deployment, authenticator, bend)).toBe(REFUSED)
    expect(deployment.eventsOf('factor.refused')).toMatchObject([{ reason: 'not_accepted' }])
    expect(await answer(deployment, authenticator)).toMatchObject({ amr: ['hwk', 'user'] })
  })

  it('may come without the name of the account, of which browsers write null', async () => {
    const deployment = deployPasskeys()
    const { authenticator } = await enrol(deployment)
    expect(await answer(deployment, authenticator, { userHandle: null })).toMatchObject({
      amr: ['hwk', 'user'],
    })
  })

  // covers ASVS-6.7.2
  it('uses a challenge up, of its account and login, by one of 50 answers', async () => {
    const deployment = deployPasskeys()
    const { factors } = deployment
    const { authenticator } = await enrol(deployment)
    const eve = await enrol(deployment, 'user-eve')
    const other = { ...LOGIN, loginId: 'login-2' }
    expect(await answer(deployment, authenticator, {}, { from: LOGIN, to: other })).toBe(REFUSED)
    const { options } = await factors.challengePasskey({ subject: 'user-eve', loginId: 'login-1' })
    const stolen = { method: 'passkey', response: authenticator.get(options) }
    expect(await outcomeOf(factors.verify('user-ada', stolen, LOGIN))).toBe(REFUSED)
    // and that has not used it up
    const own = { method: 'passkey', response: eve.authenticator.get(options) }
    expect(await factors.verify('user-eve', own, LOGIN)).toMatchObject({ amr: ['hwk', 'user'] })
    const proof = {
      method: 'passkey',
      response: authenticator.get((await factors.challengePasskey(LOGIN)).options),
    }
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => outcomeOf(factors.verify('user-ada', proof, LOGIN))),
    )
    expect(outcomes.filter(outcome => outcome !== REFUSED)).toHaveLength(1)
  })

  it('takes no challenge that is late, or of a registration', async () => {
    const deployment = deployPasskeys()
    const { factors, clock } = deployment
    const { authenticator, principal } = await enrol(deployment)
    const begun = await factors.startPasskey(principal, { accountName: 'ada' })
    const swapped = {
      method: 'passkey',
      response: authenticator.get({ ...begun.options, rpId: 'example.com' }),
    }
    expect(await outcomeOf(factors.verify('user-ada', swapped, LOGIN))).toBe(REFUSED)
    const { options } = await factors.challengePasskey(LOGIN)
    clock.advance(300)
    const late = { method: 'passkey', response: authenticator.get(options) }
    expect(await outcomeOf(factors.verify('user-ada', late, LOGIN))).toBe(REFUSED)
  })

  it('counts on, and never back', async () => {
    const deployment = deployPasskeys()
    const { authenticator, factor } = await enrol(deployment, undefined, new Authenticator({ counter: 5 }))
    expect(await answer(deployment, authenticator, { counter: 9 })).toMatchObject({ amr: ['hwk', 'user'] })
    for (const counter of [9, 8, 0])
      expect(await answer(deployment, authenticator, { counter })).toBe(REFUSED)
    expect(deployment.eventsOf('factor.refused')).toMatchObject(
      [1, 2, 3].map(() => ({ reason: 'counter_rolled_back', factorId: factor.factorId })),
    )
    expect(await answer(deployment, authenticator, { counter: 4_294_967_295 })).toMatchObject({
      amr: ['hwk', 'user'],
    })
  })

  it('accepts one of 20 answers with one count, whatever their challenges', async () => {
    const deployment = deployPasskeys()
    const { factors } = deployment
    const { authenticator } = await enrol(deployment, undefined, new Authenticator({ counter: 5 }))
    const proofs = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { options } = await factors.challengePasskey(LOGIN)
        return { method: 'passkey', response: authenticator.get(options, { counter: 9 }) }
      }),
    )
    const outcomes = await Promise.all(
      proofs.map(proof => outcomeOf(factors.verify('user-ada', proof, LOGIN))),
    )
    expect(outcomes.filter(outcome => outcome !== REFUSED)).toHaveLength(1)
  })

  it('follows the backup, and refuses a passkey that changes whether it can have one', async () => {
    const deployment = deployPasskeys()
    const { factors, eventsOf, logIn } = deployment
    const { authenticator } = await enrol(
      deployment,
      undefined,
      new Authenticator({ isBackupEligible: true }),
    )
    expect(await answer(deployment, authenticator, { flags: 0x0d })).toMatchObject({ amr: ['swk', 'user'] })
    expect((await factors.list(await logIn())).factors).toMatchObject([{ isBackedUp: false }])
    expect(await answer(deployment, authenticator, { flags: 0x05 })).toBe(REFUSED)
    expect(eventsOf('factor.refused')).toMatchObject([{ reason: 'backup_eligibility_changed' }])
  })

  it('ends with the passkey', async () => {
    const deployment = deployPasskeys()
    const { factors } = deployment
    const { authenticator, factor, principal } = await enrol(deployment)
    const { options } = await factors.challengePasskey(LOGIN)
    await factors.remove(principal, factor.factorId)
    const proof = { method: 'passkey', response: authenticator.get(options) }
    expect(await outcomeOf(factors.verify('user-ada', proof, LOGIN))).toBe(REFUSED)
    expect(await outcomeOf(factors.challengePasskey(LOGIN))).toBe('factor_not_found')
  })
})

describe('a passkey as the first factor', () => {
  const first = async ({ factors }: Deployment, authenticator: Authenticator, bend: Bend = {}) => {
    const { options } = await factors.startPasskeyLogin()
    expect(options).toMatchObject({ allowCredentials: [], userVerification: 'required', rpId: 'example.com' })
    return outcomeOf(factors.verifyFirst({ method: 'passkey', response: authenticator.get(options, bend) }))
  }

  it('says whose it is, and is two factors', async () => {
    const deployment = deployPasskeys({ acr: { passkey: 'urn:example:phr' } })
    const { authenticator } = await enrol(deployment)
    await enrol(deployment, 'user-eve')
    expect(await first(deployment, authenticator)).toEqual({
      subject: 'user-ada',
      amr: ['hwk', 'user', 'mfa'],
      acr: 'urn:example:phr',
    })
  })

  it.each<[string, Bend]>([
    ['without the name of the account', { userHandle: null }],
    ['with the name of another account', { userHandle: Buffer.alloc(32, 3).toString('base64url') }],
    ['with nobody verified', { flags: 0x01 }],
    ['with another origin', { origin: 'https://www.example.org' }],
    ['of nobody', { credentialId: Buffer.alloc(32, 9) }],
  ])('is refused %s', async (_, bend) => {
    const deployment = deployPasskeys()
    const { authenticator } = await enrol(deployment)
    expect(await first(deployment, authenticator, bend)).toBe(REFUSED)
  })

  it('counts once, and no challenge of another ceremony does', async () => {
    const deployment = deployPasskeys()
    const { factors } = deployment
    const { authenticator, factor, principal } = await enrol(deployment)
    const { options } = await factors.startPasskeyLogin()
    const proof = { method: 'passkey', response: authenticator.get(options) }
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => outcomeOf(factors.verifyFirst(proof))),
    )
    expect(outcomes.filter(outcome => outcome !== REFUSED)).toHaveLength(1)
    const second = await factors.challengePasskey(LOGIN)
    const swapped = { method: 'passkey', response: authenticator.get(second.options) }
    expect(await outcomeOf(factors.verifyFirst(swapped))).toBe(REFUSED)
    const again = await factors.startPasskeyLogin()
    const back = { method: 'passkey', response: authenticator.get(again.options) }
    expect(await outcomeOf(factors.verify('user-ada', back, LOGIN))).toBe(REFUSED)
    await factors.remove(principal, factor.factorId)
    expect(await first(deployment, authenticator)).toBe(REFUSED)
  })
})

describe('a hostile answer', () => {
  const RESPONSE = new Authenticator().get({ challenge: 'AAAA', rpId: 'example.com' })
  const bytes = (text: string): string => Buffer.from(text).toString('base64url')

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'x'],
    ['a list', []],
    ['no response', { ...RESPONSE, response: undefined }],
    ['another type', { ...RESPONSE, type: 'password' }],
    ['two ids', { ...RESPONSE, rawId: 'AAAA' }],
    ['a number for an id', { ...RESPONSE, id: 7, rawId: 7 }],
    ['an id in another alphabet', { ...RESPONSE, id: 'a+b/', rawId: 'a+b/' }],
    ['an id with spare bits', { ...RESPONSE, id: 'AB', rawId: 'AB' }],
    [
      'client data that is no JSON',
      { ...RESPONSE, response: { ...RESPONSE.response, clientDataJSON: bytes('{') } },
    ],
    [
      'client data that is a list',
      { ...RESPONSE, response: { ...RESPONSE.response, clientDataJSON: bytes('[]') } },
    ],
    [
      'client data that is no UTF-8',
      { ...RESPONSE, response: { ...RESPONSE.response, clientDataJSON: '_w' } },
    ],
    [
      'an object for a challenge',
      { ...RESPONSE, response: { ...RESPONSE.response, clientDataJSON: bytes('{"challenge":{}}') } },
    ],
    ['an object for a name', { ...RESPONSE, response: { ...RESPONSE.response, userHandle: {} } }],
    [
      'a megabyte',
      { ...RESPONSE, response: { ...RESPONSE.response, authenticatorData: 'A'.repeat(1_000_000) } },
    ],
  ])('is refused: %s', async (_, response) => {
    const deployment = deployPasskeys()
    const { principal } = await enrol(deployment)
    const { factors } = deployment
    const proof = { method: 'passkey', response }
    expect(await outcomeOf(factors.verify('user-ada', proof, LOGIN))).toBe(REFUSED)
    expect(await outcomeOf(factors.verifyFirst(proof))).toBe(REFUSED)
    expect(await outcomeOf(factors.confirmPasskey(principal, { response }))).toBe('factor_enrolment_invalid')
  })

  it.each(['', '_w', 'oA', bytes('x'.repeat(300))])(
    'holds an attestation that is none: %s',
    async attestationObject => {
      const { factors, logIn } = deployPasskeys()
      const principal = await logIn()
      const { options } = await factors.startPasskey(principal, { accountName: 'ada' })
      const whole = new Authenticator().create(options)
      const response = { ...whole, response: { ...whole.response, attestationObject } }
      expect(await outcomeOf(factors.confirmPasskey(principal, { response }))).toBe(
        'factor_enrolment_invalid',
      )
    },
  )
})

describe('without the option', () => {
  it('passkeys are an error of the developer, and no proof', async () => {
    const { factors, logIn } = deploy()
    const principal = await logIn()
    expect(await outcomeOf(factors.startPasskey(principal, { accountName: 'ada' }))).toBe('config_invalid')
    expect(await outcomeOf(factors.challengePasskey(LOGIN))).toBe('config_invalid')
    expect(await outcomeOf(factors.startPasskeyLogin())).toBe('config_invalid')
    const proof = { method: 'passkey', response: {} }
    expect(await outcomeOf(factors.verify('user-ada', proof, LOGIN))).toBe(REFUSED)
    expect(factors.methods).toEqual(['totp', 'hotp'])
  })
})
