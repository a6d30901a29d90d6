import { type Check, expectEqual, expectRefused } from '../check.js'
import { deploy } from '../deployment.js'

/** API keys. */
export const apiKeyChecks: readonly Check[] = [
  {
    name: 'an API key is issued, verified, rotated and revoked',
    run: async () => {
      const { auth, advance } = deploy()
      const { apiKey, record } = await auth.apiKeys.issue({ ownerId: 'user-1', name: 'ci', scope: ['read'] })
      expectEqual((await auth.apiKeys.verify(apiKey, { scope: ['read'] })).subject, 'user-1', 'owner')
      await expectRefused(() => auth.apiKeys.verify(apiKey, { scope: ['write'] }), 'insufficient_scope')
      const rotated = await auth.apiKeys.rotate(record.id, { overlapSeconds: 60 })
      await auth.apiKeys.verify(apiKey)
      advance(60)
      await expectRefused(() => auth.apiKeys.verify(apiKey), 'api_key_unknown')
      await auth.apiKeys.revoke(rotated.record.id)
      await expectRefused(() => auth.apiKeys.verify(rotated.apiKey), 'api_key_revoked')
    },
  },
  {
    name: 'a mistyped API key is told by its checksum',
    run: async () => {
      const { auth } = deploy()
      const { apiKey } = await auth.apiKeys.issue({ ownerId: 'user-1', name: 'ci' })
      const mistyped = `${apiKey.slice(0, -1)}${apiKey.endsWith('0') ? '1' : '0'}`
      await expectRefused(() => auth.apiKeys.verify(mistyped), 'api_key_malformed')
    },
  },
]
