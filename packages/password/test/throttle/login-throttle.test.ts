import { type AuthCore, createAuthCore, type Stores } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { describeOnStores } from '@authcore/test-stores'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLoginThrottle, type LoginAttempt, type LoginThrottle } from '../../src/index.js'
import { toIdentityKey } from '../../src/throttle/account-identity.js'
import { toAddressBucket } from '../../src/throttle/address-bucket.js'
import { type HeldClock, holdClock, SECRET } from '../support/fixture.js'

function deploy(
  stores: Stores = memoryStores(),
  clock: HeldClock = holdClock(),
): { auth: AuthCore; clock: HeldClock } {
  const auth = createAuthCore({
    issuer: 'https://auth.example.com',
    audience: 'https://api.example.com',
    secrets: [SECRET],
    stores,
    clock,
  })
  return { auth, clock }
}

async function takeMany(throttle: LoginThrottle, count: number, attempt: (index: number) => LoginAttempt) {
  const calls = Array.from({ length: count }, (_, index) =>
    throttle.take(attempt(index)).catch((error: { code: string }) => ({ outcome: error.code })),
  )
  const outcomes = (await Promise.all(calls)).map(({ outcome }) => outcome)
  return (outcome: string): number => outcomes.filter(other => other === outcome).length
}

let names = 0
const freshName = (): string => {
  names += 1
  return `person-${names}`
}

describeOnStores('the throttle', stores => {
  // covers ASVS-6.3.1
  it('lets exactly as many of 200 parallel guesses through as its limit says', async () => {
    const { auth } = deploy(stores())
    for (const limit of [1, 5, 17]) {
      const throttle = createLoginThrottle(auth, { account: [{ limit, windowSeconds: 60 }] })
      const subject = freshName()
      const count = await takeMany(throttle, 200, () => ({ subject }))
      expect([count('allowed'), count('refused')]).toEqual([limit, 200 - limit])
    }
  })

  it('counts all spellings of one name together, also at the same time', async () => {
    const { auth } = deploy(stores())
    const throttle = createLoginThrottle(auth)
    const name = `Straße-${freshName()}`
    const spellings = [
      name,
      ` ${name} `,
      name.toUpperCase(),
      name.replace('ß', 'ss'),
      `Ｓ${name.slice(1)}`,
      `${name}\u200b`,
    ]
    const count = await takeMany(throttle, 200, index => ({
      identifier: spellings[index % spellings.length],
    }))
    expect(count('allowed')).toBe(5)
  })

  it('counts an address over all names, and takes a /64 for one', async () => {
    const { auth } = deploy(stores())
    const throttle = createLoginThrottle(auth, { address: [{ limit: 20, windowSeconds: 60 }] })
    const network = freshName().length + names
    const count = await takeMany(throttle, 200, index => ({
      identifier: freshName(),
      ip: `2001:db8:${network}:1::${index.toString(16)}`,
    }))
    expect([count('allowed'), count('rate_limited')]).toEqual([20, 180])
  })

  // covers ASVS-6.3.1
  it('stops after 100 failures in a row, however slowly they come, and keeps known devices going', async () => {
    const { auth, clock } = deploy(stores())
    const throttle = createLoginThrottle(auth)
    const subject = freshName()
    const deviceToken = await throttle.rememberDevice(subject)
    let allowed = 0
    for (let attempts = 0; attempts < 150; attempts += 1) {
      if ((await throttle.take({ subject })).outcome === 'allowed') allowed += 1
      clock.advance(4 * 3600)
    }
    expect(allowed).toBe(80)
    expect(await throttle.take({ subject })).toMatchObject({ outcome: 'refused', code: 'login_restricted' })
    expect(await throttle.take({ subject, deviceToken })).toEqual({ outcome: 'allowed', isKnownDevice: true })
    for (let attempts = 0; attempts < 30; attempts += 1) {
      if ((await throttle.take({ subject, deviceToken })).outcome === 'allowed') allowed += 1
      clock.advance(4 * 3600)
    }
    // with the one above: 80 of strangers and 20 of known devices
    expect(allowed + 1).toBe(100)
    await throttle.reset({ subject })
    expect(await throttle.take({ subject })).toMatchObject({ outcome: 'allowed' })
    expect(await throttle.take({ subject, deviceToken })).toMatchObject({ outcome: 'allowed' })
  })
})

describe('the delay', () => {
  it('rises with the attempts and falls with time', async () => {
    const { auth, clock } = deploy()
    const throttle = createLoginThrottle(auth)
    const delays: number[] = []
    for (let allowed = 0; allowed < 40; ) {
      const attempt = await throttle.take({ subject: 'ada' })
      if (attempt.outcome === 'allowed') {
        allowed += 1
        delays.push(0)
      } else {
        delays[delays.length - 1] = (delays.at(-1) ?? 0) + attempt.retryAfterSeconds
        clock.advance(attempt.retryAfterSeconds)
      }
    }
    expect(delays.slice(0, 4)).toEqual([0, 0, 0, 0])
    expect(delays[5]).toBe(12)
    expect(delays[15]).toBe(90)
    expect(delays[35]).toBe(576)
    clock.advance(86_400)
    const count = await takeMany(throttle, 50, () => ({ subject: 'ada' }))
    expect(count('allowed')).toBe(5)
  })

  it('is not longer for whoever tries while refused', async () => {
    const { auth, clock } = deploy()
    const throttle = createLoginThrottle(auth)
    await takeMany(throttle, 10_000, () => ({ subject: 'ada' }))
    clock.advance(12)
    expect(await throttle.take({ subject: 'ada' })).toMatchObject({ outcome: 'allowed' })
  })

  it('ends with a login, but not for the address', async () => {
    const { auth } = deploy()
    const throttle = createLoginThrottle(auth, { address: [{ limit: 8, windowSeconds: 60 }] })
    const attempt = { subject: 'ada', ip: '192.0.2.1' }
    await takeMany(throttle, 5, () => attempt)
    await throttle.reset(attempt)
    const count = await takeMany(throttle, 5, () => attempt)
    expect([count('allowed'), count('rate_limited')]).toEqual([3, 2])
  })
})

describe('known devices', () => {
  it('go on while somebody else guesses, within limits of their own', async () => {
    const { auth } = deploy()
    const throttle = createLoginThrottle(auth)
    const deviceToken = await throttle.rememberDevice('ada')
    expect(deviceToken).toMatch(/^dv_[A-Za-z0-9_-]+$/)
    await takeMany(throttle, 50, () => ({ subject: 'ada' }))
    const count = await takeMany(throttle, 50, () => ({ subject: 'ada', deviceToken }))
    expect(count('allowed')).toBe(5)
    await throttle.reset({ subject: 'ada', deviceToken })
    expect(await throttle.take({ subject: 'ada', deviceToken })).toEqual({
      outcome: 'allowed',
      isKnownDevice: true,
    })
  })

  it('are known for one account, for a time, and only by their token', async () => {
    const { auth, clock } = deploy()
    const throttle = createLoginThrottle(auth, { deviceSeconds: 3600 })
    const deviceToken = await throttle.rememberDevice('ada')
    const isKnown = async (attempt: LoginAttempt) => {
      const outcome = await throttle.take({ subject: freshName(), ...attempt })
      return outcome.outcome === 'allowed' && outcome.isKnownDevice
    }
    expect(await isKnown({ subject: 'ada', deviceToken })).toBe(true)
    const others: unknown[] = [
      '',
      'dv_',
      `${deviceToken}x`,
      deviceToken.slice(3),
      'dv_'.repeat(10_000),
      7,
      {},
      null,
    ]
    for (const other of others) expect(await isKnown({ deviceToken: other as string })).toBe(false)
    expect(await isKnown({ deviceToken })).toBe(false)
    expect(await isKnown({ subject: undefined, identifier: 'ada', deviceToken })).toBe(false)
    clock.advance(3600)
    expect(await isKnown({ subject: 'ada', deviceToken })).toBe(false)
  })
})

describe('names', () => {
  it('are one key for every spelling', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-zA-ZäöüÄÖÜß]{1,30}$/),
        fc.stringMatching(/^ {0,3}$/),
        (name, spaces) => {
          const key = toIdentityKey({ identifier: name })
          for (const spelling of [
            spaces + name,
            name + spaces,
            name.toUpperCase(),
            name.toLowerCase(),
            name.normalize('NFD'),
          ]) {
            expect(toIdentityKey({ identifier: spelling })).toBe(key)
          }
          expect(toIdentityKey({ identifier: `${name}x` })).not.toBe(key)
          expect(toIdentityKey({ subject: name })).not.toBe(key)
        },
      ),
    )
  })

  it.each([
    undefined,
    null,
    7,
    {},
    [],
    '',
    ' ',
    'a\0b',
    'a\nb',
    '\ud800',
    'x'.repeat(321),
    '\ufdfa'.repeat(100),
  ])('do not look like %j', identifier => {
    expect(() => toIdentityKey({ identifier: identifier as string })).toThrowError(
      expect.objectContaining({ code: 'argument_invalid' }),
    )
  })

  it('and addresses do not stand in the keys of the store', async () => {
    const stores = memoryStores()
    const keys: string[] = []
    const { auth } = deploy({
      ...stores,
      rateLimits: {
        take: command => {
          keys.push(command.key)
          return stores.rateLimits.take(command)
        },
        reset: command => stores.rateLimits.reset(command),
        sweep: command => stores.rateLimits.sweep(command),
      },
    })
    await createLoginThrottle(auth).take({ identifier: 'ada@example.com', ip: '192.0.2.1' })
    expect(keys).toHaveLength(6)
    for (const key of keys) expect(key).toMatch(/^login:(address|account):(\d+|row):[A-Za-z0-9_-]{43}$/)
  })

  it('cost as many calls of the store whether an attempt is refused or not', async () => {
    const stores = memoryStores()
    let calls = 0
    const { auth } = deploy({
      ...stores,
      rateLimits: {
        take: command => {
          calls += 1
          return stores.rateLimits.take(command)
        },
        reset: command => stores.rateLimits.reset(command),
        sweep: command => stores.rateLimits.sweep(command),
      },
    })
    const throttle = createLoginThrottle(auth)
    const counts = new Set<number>()
    for (let attempts = 0; attempts < 30; attempts += 1) {
      calls = 0
      await throttle.take(attempts % 2 === 0 ? { subject: 'ada' } : { identifier: 'nobody' })
      counts.add(calls)
    }
    expect([...counts]).toEqual([4])
  })
})

describe('addresses', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0DB8:0000:0000:ffff::2', '2001:db8:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['unix', 'unix'],
    ['x'.repeat(1000), 'x'.repeat(64)],
  ])('%s counts as %s', (ip, bucket) => {
    expect(toAddressBucket(ip)).toBe(bucket)
  })

  it('of any text have a bucket', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f:.%]*$/)), text => {
        expect(toAddressBucket(text).length).toBeLessThanOrEqual(67)
      }),
    )
  })
})

describe('options', () => {
  it.each<[string, object]>([
    ['account', { account: [] }],
    ['account', { account: [{ limit: 0, windowSeconds: 60 }] }],
    ['account', { account: [{ limit: 5, windowSeconds: 0.5 }] }],
    ['account', { account: [null] }],
    ['account', { account: Array.from({ length: 9 }, () => ({ limit: 5, windowSeconds: 60 })) }],
    ['address', { address: 'none' }],
    ['maxConsecutiveFailures', { maxConsecutiveFailures: 101 }],
    ['deviceSeconds', { deviceSeconds: 1 }],
    ['limit', { limit: 5 }],
  ])('%s is checked while wiring', (path, options) => {
    expect(() => createLoginThrottle(deploy().auth, options)).toThrowError(
      expect.objectContaining({ code: 'config_invalid', problems: [expect.objectContaining({ path })] }),
    )
  })
})
