import { describe, expect, it } from 'vitest'
import {
  type AttackFetch,
  TokenNotSendableError,
  TokenRefusedError,
  VerifierFaultError,
  type VerifyOverHttpOptions,
  verifyOverHttp,
} from '../../src/index.js'

const url = 'https://api.example.com/me'

/** A network that always gives the same answer, and keeps what it was asked. */
function answer(status: number) {
  const requests: unknown[] = []
  let cancelled = 0
  const fetch: AttackFetch = async (target, init) => {
    requests.push([target, init])
    return {
      status,
      body: {
        cancel: async () => {
          cancelled += 1
        },
      },
    }
  }
  return { fetch, requests, countCancelled: () => cancelled }
}

async function show(status: number, token = 'a.b.c', options: Partial<VerifyOverHttpOptions> = {}) {
  const network = answer(status)
  const verify = verifyOverHttp({ url, fetch: network.fetch, ...options })
  return { ...network, outcome: await Promise.resolve(verify(token)).catch((error: unknown) => error) }
}

describe('verifyOverHttp', () => {
  it('sends the token as a bearer token, follows no redirect and reads no body', async () => {
    const { requests, countCancelled, outcome } = await show(204)
    expect(outcome).toBeUndefined()
    expect(requests).toEqual([
      [url, { method: 'GET', headers: { authorization: 'Bearer a.b.c' }, redirect: 'manual' }],
    ])
    expect(countCancelled()).toBe(1)
  })

  it('sends it where it is told to', async () => {
    const headers = (token: string) => ({ 'x-token': token })
    const { requests } = await show(200, 'a', { method: 'POST', headers })
    expect(requests).toEqual([[url, { method: 'POST', headers: { 'x-token': 'a' }, redirect: 'manual' }]])
  })

  it.each([400, 401, 414, 431])('takes %i for a refusal', async status => {
    const { outcome } = await show(status)
    expect(outcome).toBeInstanceOf(TokenRefusedError)
    expect(outcome).toMatchObject({ status })
  })

  it.each([302, 403, 404, 429, 500, 503])('takes %i for a fault', async status => {
    const { outcome } = await show(status)
    expect(outcome).toBeInstanceOf(VerifierFaultError)
    expect(outcome).toMatchObject({ message: `status ${status}` })
  })

  it('takes other refusals if told so', async () => {
    const refusedStatuses = [403]
    expect((await show(403, 'a', { refusedStatuses })).outcome).toBeInstanceOf(TokenRefusedError)
    expect((await show(401, 'a', { refusedStatuses })).outcome).toBeInstanceOf(VerifierFaultError)
  })

  it('takes a connection that breaks for a fault, without its text', async () => {
    const fetch = () => Promise.reject(new TypeError('Bearer a.b.c'))
    expect((await show(200, 'a', { fetch })).outcome).toMatchObject({ message: 'no answer: TypeError' })
    const silent = () => Promise.reject('gone')
    expect((await show(200, 'a', { fetch: silent })).outcome).toMatchObject({ message: 'no answer: failed' })
  })

  it.each([' a', 'a ', 'a\n', '\ta', 'a\u0000', 'a\u200b', '\ufeffa', 'a  b'])(
    'does not send %j',
    async token => {
      const { outcome, requests } = await show(200, token)
      expect(outcome).toBeInstanceOf(TokenNotSendableError)
      expect(requests).toEqual([])
    },
  )

  it.each(['', 'a b', '{"a":"b"}', 'a\u00e9'])('sends %j', async token => {
    expect((await show(401, token)).outcome).toBeInstanceOf(TokenRefusedError)
  })
})
