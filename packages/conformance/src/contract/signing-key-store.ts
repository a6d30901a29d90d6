import type { SigningKeyRecord, SigningKeyStore } from '@authcore/core/ports'
import { expect, expectRefusals } from '../expect.js'
import {
  BROKEN_TEXTS,
  HOSTILE_JSON,
  HOSTILE_TEXTS,
  NOT_INSTANTS,
  NOT_STRINGS,
  START,
  signingKeyRecord,
  untyped,
} from '../fixtures.js'
import type { PortKit } from '../port-kit.js'

const write = (
  store: SigningKeyStore,
  expectedVersion: number,
  keys: readonly SigningKeyRecord[] = [signingKeyRecord()],
) => store.replace({ expectedVersion, keys, now: START })

const read = (store: SigningKeyStore) => store.read({ now: START })

/** The contract of a signing key store. */
export function describeSigningKeyStore(kit: PortKit<SigningKeyStore>): void {
  kit.describe('the ring', () => describeRing(kit))
  kit.describe('hostile values', () => describeHostile(kit))
  kit.describe('races', () => describeRaces(kit))
}

function describeRing({ it }: PortKit<SigningKeyStore>): void {
  it('is empty and of version 0 before the first write', async store => {
    expect(await read(store)).toEqual({ version: 0, keys: [] })
  })

  it('is replaced as a whole, in the order given', async store => {
    const { publicJwk: _, ...second } = signingKeyRecord({
      kid: 'key-2',
      algorithm: 'HS256',
      withdrawnAt: START + 1,
    })
    expect(await write(store, 0, [second, signingKeyRecord()])).toEqual({ outcome: 'replaced' })
    expect(await read(store)).toEqual({ version: 1, keys: [second, signingKeyRecord()] })
    expect(await write(store, 1, [])).toEqual({ outcome: 'replaced' })
    expect(await read(store)).toEqual({ version: 2, keys: [] })
    expect(await write(store, 2)).toEqual({ outcome: 'replaced' })
    expect(await read(store)).toEqual({ version: 3, keys: [signingKeyRecord()] })
  })

  for (const version of [0, 2, 99]) {
    it(`is not replaced by one who expects version ${version} of 1`, async store => {
      await write(store, 0)
      expect(await write(store, version, [])).toEqual({ outcome: 'conflict' })
      expect(await read(store)).toEqual({ version: 1, keys: [signingKeyRecord()] })
    })
  }

  it('is not begun at a version above 0', async store => {
    expect(await write(store, 1)).toEqual({ outcome: 'conflict' })
    expect(await read(store)).toEqual({ version: 0, keys: [] })
  })

  it('answers a repeat after a lost answer with a conflict, and is as the first attempt left it', async store => {
    await write(store, 0)
    expect(await write(store, 0)).toEqual({ outcome: 'conflict' })
    expect(await read(store)).toEqual({ version: 1, keys: [signingKeyRecord()] })
  })

  it('does not end with time', async store => {
    await write(store, 0)
    expect(await store.read({ now: 2 * START })).toEqual({ version: 1, keys: [signingKeyRecord()] })
    expect(await store.read({ now: 0 })).toEqual({ version: 1, keys: [signingKeyRecord()] })
  })

  it('holds as many keys as a deployment has, with the bits of RSA', async store => {
    const keys = Array.from({ length: 20 }, (_, index) =>
      signingKeyRecord({ kid: `key-${index}`, sealedPrivateJwk: 'x'.repeat(4000) }),
    )
    await write(store, 0, keys)
    expect(await read(store)).toEqual({ version: 1, keys })
  })

  it('stays apart from what a caller holds', async store => {
    const keys = [signingKeyRecord()]
    await write(store, 0, keys)
    keys.pop()
    expect(await read(store)).toEqual({ version: 1, keys: [signingKeyRecord()] })
  })
}

function describeHostile({ it }: PortKit<SigningKeyStore>): void {
  it('are ordinary in every field', async store => {
    const keys = HOSTILE_TEXTS.map(text =>
      signingKeyRecord({
        kid: text,
        algorithm: text,
        sealedPrivateJwk: text,
        secretId: text,
        publicJwk: HOSTILE_JSON,
      }),
    )
    await write(store, 0, keys)
    expect(await read(store)).toEqual({ version: 1, keys })
  })

  it('are refused where they are of another type, before anything is touched', async store => {
    await write(store, 0)
    const fields: readonly Readonly<Record<string, unknown>>[] = [
      ...[...NOT_STRINGS, ...BROKEN_TEXTS].map(kid => ({ kid })),
      { algorithm: {} },
      { sealedPrivateJwk: null },
      { secretId: 1 },
      { announcedAt: Number.NaN },
      { activatesAt: 'now' },
      { withdrawnAt: 'now' },
      { publicJwk: [] },
      { publicJwk: 'jwk' },
    ]
    await expectRefusals([
      ...fields.map(field => () => write(store, 1, [signingKeyRecord(untyped(field))])),
      () => write(store, 1, [untyped(null)]),
      () => write(store, 1, untyped({ 0: signingKeyRecord() })),
      () => write(store, 1, untyped('keys')),
      () => write(store, untyped({ $gte: 0 })),
      () => write(store, untyped('1')),
      () => write(store, -1),
      () => write(store, 0.5),
      ...NOT_INSTANTS.map(now => () => store.read({ now: untyped(now) })),
      ...NOT_INSTANTS.map(now => () => store.replace({ expectedVersion: 1, keys: [], now: untyped(now) })),
    ])
    expect(await read(store)).toEqual({ version: 1, keys: [signingKeyRecord()] })
  })
}

function describeRaces({ it, settings }: PortKit<SigningKeyStore>): void {
  for (const callers of settings.callers) {
    it(`of ${callers} at first use have one whose key is active`, async (store, { race }) => {
      const outcomes = await race(callers, async (way, caller) => {
        const { version } = await read(way)
        return write(way, version, [signingKeyRecord({ kid: `key-${caller}` })])
      })
      const ring = await read(store)
      const winners = outcomes.filter(({ outcome }) => outcome === 'replaced').length
      expect(ring.version).toEqual(winners)
      expect(ring.keys.length).toEqual(1)
    })

    it(`of ${callers} on one version have one winner`, async (store, { race }) => {
      const outcomes = await race(callers, (way, caller) =>
        write(way, 0, [signingKeyRecord({ kid: `key-${caller}` })]),
      )
      const winners = outcomes.flatMap(({ outcome }, caller) => (outcome === 'replaced' ? [caller] : []))
      expect(winners.length).toEqual(1)
      expect(await read(store)).toMatch({ version: 1, keys: [{ kid: `key-${winners[0]}` }] })
    })
  }

  it('of writers that read and add lose no key', async (store, { race }) => {
    await race(10, async (way, caller) => {
      for (;;) {
        const { version, keys } = await read(way)
        const { outcome } = await write(way, version, [...keys, signingKeyRecord({ kid: `key-${caller}` })])
        if (outcome === 'replaced') return
      }
    })
    const { version, keys } = await read(store)
    expect([version, new Set(keys.map(({ kid }) => kid)).size]).toEqual([10, 10])
  })
}
