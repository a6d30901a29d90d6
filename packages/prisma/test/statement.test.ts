import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readStatementFate } from '../src/database-error.js'
import { prismaStores } from '../src/index.js'
import { toJsonText } from '../src/json-text.js'
import { runStatement } from '../src/run-statement.js'
import { bind, sql, toTemplate } from '../src/sql.js'
import { decodeText, encodeText } from '../src/text-encoding.js'
import {
  apiKeyRecord,
  keyRotation,
  putCommand,
  rotation,
  START,
  sessionRecord,
  untyped,
} from './setup/fixtures.js'

const now = START

describe('sql', () => {
  it('composes pieces and keeps values out of the text', () => {
    const condition = sql`id = ${bind("'; DROP TABLE x")}`
    const statement = sql`SELECT a FROM t WHERE ${condition} AND (${condition} OR ${sql`b`} = ${bind(1n)})`
    expect(statement).toEqual({
      strings: ['SELECT a FROM t WHERE id = ', ' AND (id = ', ' OR b = ', ')'],
      values: ["'; DROP TABLE x", "'; DROP TABLE x", 1n],
    })
    const template = toTemplate(statement)
    expect([...template]).toEqual(statement.strings)
    expect(template.raw).toEqual(statement.strings)
  })
})

describe('text', () => {
  it('comes back as it was, in a form that PostgreSQL and every driver keep', () => {
    const text = fc.string({ unit: fc.oneof(fc.constantFrom('\\', '\0', '0', 'f', '\ufeff'), fc.string()) })
    fc.assert(
      fc.property(text, text, (one, other) => {
        const encoded = encodeText(one)
        expect(decodeText(encoded)).toBe(one)
        expect(encoded).not.toMatch(/[\0\ufeff]/)
        expect(encoded === encodeText(other)).toBe(one === other)
      }),
    )
  })

  it.each(['\\', 'a\\', '\\x', '\\\n', '\\\\\\'])('that was never written is noticed: %j', encoded => {
    expect(decodeText(encoded)).toBeUndefined()
  })
})

describe('toJsonText', () => {
  it('reads each member once and calls nothing', () => {
    let reads = 0
    const value = {
      get id() {
        reads += 1
        return reads === 1 ? 'first' : { $ne: 'first' }
      },
    }
    expect(toJsonText(value)).toBe('{"id":"first"}')
    expect(() => toJsonText({ toJSON: () => 'x' })).toThrow(TypeError)
  })

  it('refuses what is too deep, as what contains itself', () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    expect(() => toJsonText(cycle)).toThrow(TypeError)
  })
})

describe('readStatementFate', () => {
  const driverAdapterError = (cause: object) => ({ code: 'P2010', meta: { driverAdapterError: { cause } } })
  it.each([
    ['rolled_back', driverAdapterError({ kind: 'TransactionWriteConflict', originalCode: '40001' })],
    ['rolled_back', driverAdapterError({ kind: 'postgres', originalCode: '55P03' })],
    ['rolled_back', { code: 'P2010', meta: { code: '40P01', message: 'deadlock detected' } }],
    ['rolled_back', { code: 'P2034' }],
    ['unknown', driverAdapterError({ kind: 'ConnectionClosed' })],
    ['unknown', driverAdapterError({ kind: 'postgres', originalCode: '57P01' })],
    ['unknown', { code: 'P1017' }],
    ['unknown', new Error('Connection terminated unexpectedly')],
    ['unknown', new Error('Unknown', { cause: { code: 'ECONNRESET' } })],
    ['refused', driverAdapterError({ kind: 'UniqueConstraintViolation', originalCode: '23505' })],
    ['refused', driverAdapterError({ kind: 'DatabaseNotReachable' })],
    ['refused', { code: 'P2024' }],
    ['refused', new TypeError('x')],
    ['refused', 'text'],
    ['refused', undefined],
  ] as const)('is %s for %o', (fate, error) => {
    expect(readStatementFate(error)).toBe(fate)
  })

  it('is not led in circles', () => {
    const error: { cause?: unknown } = {}
    error.cause = error
    expect(readStatementFate(error)).toBe('refused')
  })
})

describe('runStatement', () => {
  const failing = (times: number, error: object) => {
    const client = {
      sent: 0,
      $queryRaw: async () => {
        client.sent += 1
        if (client.sent <= times) throw error
        return []
      },
    }
    return client
  }
  const ROLLED_BACK = { code: 'P2034' }
  const LOST = { code: 'P1017' }

  it.each([
    [4, ROLLED_BACK, false, 5, 'passes'],
    [5, ROLLED_BACK, true, 5, 'fails'],
    [4, LOST, true, 5, 'passes'],
    [1, LOST, false, 1, 'fails'],
    [1, { code: 'P2002' }, true, 1, 'fails'],
  ])(
    'after %i times %o, repeatable %s, has sent %i and %s',
    async (times, error, isRepeatable, sent, end) => {
      const client = failing(times, error)
      const running = runStatement(client, sql`SELECT 1`, { isRepeatable })
      if (end === 'passes') await running
      else await expect(running).rejects.toBe(error)
      expect(client.sent).toBe(sent)
    },
  )

  it('refuses an answer that is not rows', async () => {
    const client = { $queryRaw: async () => ({ count: 1 }) }
    await expect(runStatement(client, sql`SELECT 1`, { isRepeatable: true })).rejects.toThrow(/rows/)
  })
})

describe('a malformed command', () => {
  const OPERATORS = [{ contains: '' }, { not: '' }, { $ne: null }, ['x'], null, 1, '\ud800']
  const sent: unknown[] = []
  const client = {
    $queryRaw: async (...args: unknown[]) => {
      sent.push(args)
      return []
    },
  }
  const { sessions, apiKeys, revocations, oneTime, rateLimits, documents } = prismaStores(client)

  it.each(OPERATORS)('with %o where a string belongs reaches no database', async value => {
    const text = untyped<string>(value)
    const once = { namespace: 'n', key: 'k', holder: 'h', expiresAt: now + 1, now }
    const calls: readonly Promise<unknown>[] = [
      sessions.find({ id: text, now }),
      sessions.insert({ session: sessionRecord({ subject: text }), now }),
      sessions.rotate(rotation(0, { presentedHash: text })),
      sessions.revoke({ id: 'x', subject: text, reason: 'revoked', now }),
      sessions.revokeAll({ subject: text, reason: 'revoked', now }),
      sessions.revokeAll({ subject: 'x', exceptId: text, reason: 'revoked', now }),
      sessions.list({ subject: text, now, limit: 1 }),
      apiKeys.find({ id: text, now }),
      apiKeys.insert({ apiKey: apiKeyRecord({ ownerId: text }), now }),
      apiKeys.rotate(keyRotation({ ownerId: text })),
      apiKeys.revoke({ id: text, now }),
      apiKeys.update({ id: 'x', patch: { name: text }, now }),
      apiKeys.list({ ownerId: text, now, limit: 1 }),
      apiKeys.touch({ uses: [{ id: text, lastUsedAt: now }], now }),
      revocations.find({ marks: [{ kind: 'token', id: text }], now }),
      oneTime.reserve({ ...once, key: text }),
      oneTime.put({ ...once, namespace: text, value: {} }),
      oneTime.take({ ...once, holder: text }),
      rateLimits.reset({ key: text, now }),
      documents.put(putCommand({ id: text })),
      documents.put(putCommand({ writeId: text, expectedVersion: 1 })),
      documents.put(putCommand({ tags: [text] })),
      documents.find({ namespace: text, id: 'x', now }),
      documents.list({ namespace: 'n', tag: text, now, limit: 1 }),
      documents.remove({ namespace: 'n', id: 'x', tag: text, now }),
      documents.removeAll({ namespace: text, tag: 'x', now }),
    ]
    for (const { status } of await Promise.allSettled(calls)) expect(status).toBe('rejected')
    for (const call of calls) await expect(call).rejects.toThrow(TypeError)
    expect(sent).toEqual([])
  })

  it('with a key that no index can hold is refused, at its edge', async () => {
    const once = { namespace: 'n', holder: 'h', expiresAt: now + 1, now }
    const insert = (id: string) => sessions.insert({ session: sessionRecord({ id }), now })
    await expect(insert('é'.repeat(1301))).rejects.toThrow(/2600 bytes/)
    await expect(oneTime.reserve({ ...once, key: 'x'.repeat(2600) })).rejects.toThrow(/2600 bytes/)
    const put = (fields: object) => documents.put(putCommand(fields))
    await expect(put({ id: 'x'.repeat(2595) })).rejects.toThrow(/2600 bytes/)
    await expect(put({ tags: ['a', 'é'.repeat(1301)] })).rejects.toThrow(/2600 bytes/)
    expect(sent).toEqual([])
    await insert('é'.repeat(1300))
    await oneTime.reserve({ ...once, key: 'x'.repeat(2599) })
    await put({ id: 'x'.repeat(2594), tags: ['é'.repeat(1300)] })
    expect(sent).toHaveLength(3)
  })

  it('with lists that are none is refused', async () => {
    await expect(revocations.find({ marks: untyped({}), now })).rejects.toThrow(TypeError)
    await expect(revocations.revoke({ entries: untyped('x'), now })).rejects.toThrow(TypeError)
    await expect(revocations.find({ marks: [untyped(null)], now })).rejects.toThrow(TypeError)
    await expect(apiKeys.touch({ uses: untyped({}), now })).rejects.toThrow(TypeError)
  })
})
