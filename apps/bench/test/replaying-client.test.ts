import { expect, test } from 'vitest'
import { fillIn, recordCalls, sendCall } from '../src/setup/replaying-client.js'

test('what a client is asked is written down and passed on', async () => {
  const asked: unknown[] = []
  const original = { prefix: 'a', find: async (...args: unknown[]) => asked.push(args) }
  const { client, calls } = recordCalls(original)
  expect(client.prefix).toBe('a')
  await client.find('one', { keys: ['two'] })
  expect(calls).toEqual([{ method: 'find', args: ['one', { keys: ['two'] }] }])
  await sendCall(original, calls[0] ?? { method: '', args: [] })
  expect(asked).toHaveLength(2)
})

test('values take the place of what was recorded, at every depth and of every kind', () => {
  const strings = ['SELECT ', '']
  const template = Object.assign([...strings], { raw: strings })
  const call = { method: 'm', args: [template, '{k:place}', ['place'], 7n, 12n, null, { keys: ['x-place'] }] }
  const filled = fillIn(
    call,
    new Map([
      ['place', 'id'],
      ['7', '41'],
    ]),
  )
  expect(filled.args[0]).toBe(template)
  expect(filled.args.slice(1)).toEqual(['{k:id}', ['id'], 41n, 12n, null, { keys: ['x-id'] }])
})
