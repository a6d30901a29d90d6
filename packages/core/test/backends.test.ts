import { expect, it } from 'vitest'
import { wireAuthCore } from '../src/auth-core.js'
import { backend as node } from '../src/crypto/node.js'
import { backend as web } from '../src/crypto/web.js'
import type { Algorithm } from '../src/jws/algorithms.js'
import { memoryStores } from '../src/memory/index.js'
import { AUDIENCE, holdClock, ISSUER, OTHER_SECRET, SECRET } from './fixtures.js'

const algorithms: readonly Algorithm[] = ['HS256', 'HS512', 'RS256', 'PS384', 'ES256', 'ES512', 'EdDSA']

// covers ASVS-11.2.1
it.each(algorithms)(
  'what one backend issues with %s, the other accepts, refreshes and ends',
  async algorithm => {
    const clock = holdClock()
    const options = {
      issuer: ISSUER,
      audience: AUDIENCE,
      secrets: [SECRET, OTHER_SECRET],
      stores: memoryStores(),
      clock,
      accessToken: { algorithm },
    }
    const pairs = [
      [wireAuthCore(options, node), wireAuthCore(options, web)],
      [wireAuthCore(options, web), wireAuthCore(options, node)],
    ] as const
    for (const [issuer, verifier] of pairs) {
      const first = await issuer.sessions.start({ subject: 'user-1', scope: ['read'], clientId: 'web' })
      const principal = await verifier.accessTokens.verify(first.accessToken)
      expect(principal).toEqual(await issuer.accessTokens.verify(first.accessToken))

      const second = await verifier.sessions.refresh(first.refreshToken, { clientId: 'web' })
      const replayed = await issuer.sessions.refresh(first.refreshToken, { clientId: 'web' })
      expect(replayed.refreshToken).toBe(second.refreshToken)

      const { apiKey, record } = await issuer.apiKeys.issue({ ownerId: 'user-1', name: 'key' })
      expect(await verifier.apiKeys.verify(apiKey)).toEqual(await issuer.apiKeys.verify(apiKey))
      await verifier.apiKeys.revoke(record.id)

      const flipped = first.accessToken.slice(0, -8) + first.accessToken.slice(-8).replace(/[A-Za-y]/, 'z')
      for (const auth of [issuer, verifier]) {
        await expect(auth.apiKeys.verify(apiKey)).rejects.toMatchObject({ code: 'api_key_revoked' })
        await expect(auth.accessTokens.verify(flipped)).rejects.toMatchObject({ name: 'InvalidTokenError' })
      }
      clock.advance(10)
      await expect(verifier.sessions.refresh(first.refreshToken, { clientId: 'web' })).rejects.toMatchObject({
        code: 'refresh_token_reused',
      })
      await expect(issuer.accessTokens.verify(second.accessToken)).rejects.toMatchObject({
        code: 'token_revoked',
      })
    }
  },
)
