import { describe, expect, it } from 'vitest'
import { deploy, override } from '../fixtures.js'

const settings = { ownerId: 'owner-1', name: 'CI', scope: ['read', 'write'] }

describe('what the store is asked', () => {
  it('to rotate: another lifetime or owner only where they are given', async () => {
    const { auth, clock, stores } = deploy()
    const commands: object[] = []
    const apiKeys = override(stores.apiKeys, {
      rotate(command) {
        commands.push(command, command.successor)
        return stores.apiKeys.rotate(command)
      },
    })
    const { auth: observed } = deploy({ clock, stores: { ...stores, apiKeys } })
    const { record } = await auth.apiKeys.issue(settings)
    const { record: successor } = await observed.apiKeys.rotate(record.id, {
      overlapSeconds: 0,
      expiresInSeconds: 60,
      ownerId: 'owner-1',
    })
    expect(successor.expiresAt).toBe(clock() + 60_000)
    await observed.apiKeys.rotate(successor.id, { overlapSeconds: 0 })
    const base = ['id', 'successor', 'overlapExpiresAt', 'now']
    expect(commands.map(command => Object.keys(command))).toEqual([
      [...base, 'ownerId'],
      ['id', 'hash', 'secretId', 'expiresAt'],
      base,
      ['id', 'hash', 'secretId'],
    ])
  })

  it('to change or revoke: an owner only where one is given, and what was found is told', async () => {
    const { stores, clock, auth } = deploy()
    const { record } = await auth.apiKeys.issue(settings)
    const commands: object[] = []
    const apiKeys = override(stores.apiKeys, {
      revoke(command) {
        commands.push(command)
        return stores.apiKeys.revoke(command)
      },
      update(command) {
        commands.push(command)
        return stores.apiKeys.update(command)
      },
    })
    const observed = deploy({ clock, stores: { ...stores, apiKeys } })
    await observed.auth.apiKeys.update(record.id, { name: 'a' })
    await observed.auth.apiKeys.update(record.id, { name: 'b' }, { ownerId: 'owner-1' })
    await expect(
      observed.auth.apiKeys.update(record.id, { name: 'c' }, { ownerId: 'owner-2' }),
    ).rejects.toMatchObject({ code: 'api_key_not_found' })
    await observed.auth.apiKeys.revoke(record.id, { ownerId: 'owner-2' })
    await observed.auth.apiKeys.revoke(record.id)
    expect(commands.map(command => Object.keys(command))).toEqual([
      ['id', 'patch', 'now'],
      ['id', 'patch', 'now', 'ownerId'],
      ['id', 'patch', 'now', 'ownerId'],
      ['id', 'now', 'ownerId'],
      ['id', 'now'],
    ])
    expect(observed.eventsOf('api_key.revoked')).toMatchObject([{ apiKeyId: record.id }])
  })

  it('to update: only the fields of the patch', async () => {
    const { stores, clock, auth } = deploy()
    const { record } = await auth.apiKeys.issue(settings)
    const patches: object[] = []
    const apiKeys = override(stores.apiKeys, {
      update(command) {
        patches.push(command.patch)
        return stores.apiKeys.update(command)
      },
    })
    const observed = deploy({ clock, stores: { ...stores, apiKeys } }).auth
    const whole = {
      name: 'Deploy',
      scope: ['read'],
      metadata: { a: 1 },
      expiresAt: clock() + 1000,
      notBeforeAt: clock(),
      disabled: false,
      remainingUses: 3,
    }
    await observed.apiKeys.update(record.id, {})
    await observed.apiKeys.update(record.id, whole)
    await observed.apiKeys.update(record.id, { expiresAt: null, notBeforeAt: null, remainingUses: null })
    expect(patches).toStrictEqual([{}, whole, { expiresAt: null, notBeforeAt: null, remainingUses: null }])
  })

  it('never: an id that cannot be one; twice: a rotation whose answer may have been lost', async () => {
    const { stores, clock, auth } = deploy()
    const { record } = await auth.apiKeys.issue(settings)
    const calls: unknown[] = []
    const refuse = (error: Error) =>
      override(stores.apiKeys, {
        rotate({ id }) {
          calls.push(id)
          return Promise.reject(error)
        },
        revoke: () => Promise.reject(new Error('not to be called')),
        update: () => Promise.reject(new Error('not to be called')),
      })
    const broken = deploy({
      clock,
      stores: { ...stores, apiKeys: refuse(new Error('connection reset')) },
    }).auth
    const unknown = { code: 'api_key_not_found' }
    await expect(broken.apiKeys.rotate('../x', { overlapSeconds: 0 })).rejects.toMatchObject(unknown)
    await expect(broken.apiKeys.update('../x', {})).rejects.toMatchObject(unknown)
    expect(await broken.apiKeys.revoke('../x')).toEqual({ found: false })
    expect(calls).toEqual([])
    await expect(broken.apiKeys.rotate(record.id, { overlapSeconds: 0 })).rejects.toMatchObject({
      code: 'store_unavailable',
    })
    expect(calls).toEqual([record.id, record.id])
  })
})

describe('an argument that is wrong', () => {
  it.each([
    ['ownerId', { ownerId: '' }],
    ['name', { name: '' }],
    ['environment must be one of live, test', { environment: 'prod' }],
    ['expiresInSeconds', { expiresInSeconds: 0 }],
    ['remainingUses', { remainingUses: 2 ** 31 }],
    ['notBeforeAt', { notBeforeAt: -1 }],
    ['rateLimit.limit', { rateLimit: { limit: 0, windowSeconds: 1 } }],
    ['rateLimit.windowSeconds', { rateLimit: { limit: 1, windowSeconds: 0 } }],
    ['metadata must be a plain JSON object of at most 8192', { metadata: [] }],
  ])('issuing names %s', async (start, wrong) => {
    const { auth } = deploy()
    const options = { ...settings, ...wrong } as unknown as typeof settings
    await expect(auth.apiKeys.issue(options)).rejects.toMatchObject({
      code: 'argument_invalid',
      message: expect.stringMatching(new RegExp(`^${start}\\b`)),
    })
  })

  it.each([
    ['overlapSeconds', { overlapSeconds: -1 }],
    ['overlapSeconds', { overlapSeconds: 3650 * 86_400 + 1 }],
    ['ownerId', { overlapSeconds: 0, ownerId: '' }],
    ['expiresInSeconds', { overlapSeconds: 0, expiresInSeconds: 0 }],
  ])('rotating names %s', async (name, options) => {
    const { auth } = deploy()
    const { record } = await auth.apiKeys.issue(settings)
    await expect(auth.apiKeys.rotate(record.id, options)).rejects.toMatchObject({
      code: 'argument_invalid',
      message: expect.stringMatching(new RegExp(`^${name} `)),
    })
  })

  it.each([
    ['name', { name: '' }],
    ['disabled', { disabled: 1 }],
    ['expiresAt', { expiresAt: -1 }],
    ['notBeforeAt', { notBeforeAt: 1.5 }],
    ['remainingUses', { remainingUses: -1 }],
    ['metadata', { metadata: 'x' }],
    ['scope', { scope: 'read' }],
  ])('updating names %s', async (name, patch) => {
    const { auth } = deploy()
    const { record } = await auth.apiKeys.issue(settings)
    await expect(auth.apiKeys.update(record.id, patch as object)).rejects.toMatchObject({
      code: 'argument_invalid',
      message: expect.stringContaining(name),
    })
  })

  it('revoking, updating and listing name the owner', async () => {
    const { auth } = deploy()
    const { record } = await auth.apiKeys.issue(settings)
    const wrong = { ownerId: '' }
    for (const refusal of [
      auth.apiKeys.revoke(record.id, wrong),
      auth.apiKeys.update(record.id, {}, wrong),
      auth.apiKeys.list(''),
    ]) {
      await expect(refusal).rejects.toMatchObject({
        code: 'argument_invalid',
        message: expect.stringMatching(/^ownerId /),
      })
    }
  })
})
