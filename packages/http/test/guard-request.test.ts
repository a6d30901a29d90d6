import { describe, expect, it } from 'vitest'
import { guardRequest } from '../src/index.js'
import { bearer, createFixture, request } from './fixture.js'

const POLICY = { methods: ['access_token'] } as const

describe('guardRequest', () => {
  it('lets a request pass with its principal', async () => {
    const { auth } = createFixture()
    const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
    const guarded = await guardRequest(auth, request(bearer(accessToken)), POLICY)
    expect(guarded).toMatchObject({ outcome: 'passed', principal: { subject: 'user-1' }, headers: {} })
  })

  it('answers what is refused', async () => {
    const { auth } = createFixture()
    const guarded = await guardRequest(auth, request(), POLICY)
    expect(guarded).toMatchObject({
      outcome: 'answered',
      response: { status: 401, headers: { 'www-authenticate': 'Bearer realm="api"' } },
    })
  })

  it('passes on what is not for the caller', async () => {
    const broken = { accessTokens: { verify: () => Promise.reject(new TypeError('a bug')) } }
    await expect(guardRequest(broken, request(bearer('a.b.c')), POLICY)).rejects.toThrow(TypeError)
  })
})
