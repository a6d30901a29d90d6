import { type Check, expectRefused } from '../check.js'
import { deploy } from '../deployment.js'

/** Revocation of tokens, subjects and signing keys. */
export const revocationChecks: readonly Check[] = [
  {
    name: 'signing out everywhere refuses what came before and accepts what comes after',
    run: async () => {
      const { auth } = deploy()
      const before = await auth.sessions.start({ subject: 'user-1' })
      await auth.revocation.revokeSubject('user-1')
      const after = await auth.sessions.start({ subject: 'user-1' })
      await expectRefused(() => auth.accessTokens.verify(before.accessToken), 'token_revoked')
      await auth.accessTokens.verify(after.accessToken)
    },
  },
  {
    name: 'one token is revoked, and a withdrawn key refuses all of its tokens',
    run: async () => {
      const { auth } = deploy()
      const one = await auth.accessTokens.issue({ subject: 'user-1' })
      const two = await auth.accessTokens.issue({ subject: 'user-1' })
      await auth.revocation.revokeToken(one.accessToken)
      await expectRefused(() => auth.accessTokens.verify(one.accessToken), 'token_revoked')
      await auth.accessTokens.verify(two.accessToken)
      const [key] = (await auth.signingKeys.jwks()).keys
      await auth.signingKeys.withdraw(String(key?.['kid']))
      await expectRefused(() => auth.accessTokens.verify(two.accessToken), 'token_key_unknown')
    },
  },
]
