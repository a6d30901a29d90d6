import { type Check, expectEqual, expectRefused } from '../check.js'
import { deploy } from '../deployment.js'

/** Sessions with rotation, replay and reuse. */
export const sessionChecks: readonly Check[] = [
  {
    name: 'a refresh token is replaced, replayed within its grace, and reuse ends the session',
    run: async () => {
      const { auth, advance } = deploy()
      const login = await auth.sessions.start({ subject: 'user-1', scope: ['read'], amr: ['pwd'] })
      const first = await auth.sessions.refresh(login.refreshToken)
      const again = await auth.sessions.refresh(login.refreshToken)
      expectEqual(again.refreshToken, first.refreshToken, 'successor')
      advance(11)
      await expectRefused(() => auth.sessions.refresh(login.refreshToken), 'refresh_token_reused')
      await expectRefused(() => auth.sessions.refresh(first.refreshToken), 'session_revoked')
      await expectRefused(() => auth.accessTokens.verify(first.accessToken), 'token_revoked')
    },
  },
  {
    name: 'of 50 refreshes at once one rotates, and all get its successor',
    run: async () => {
      const { auth } = deploy()
      const { refreshToken } = await auth.sessions.start({ subject: 'user-1' })
      const all = await Promise.all(Array.from({ length: 50 }, () => auth.sessions.refresh(refreshToken)))
      expectEqual(new Set(all.map(tokens => tokens.refreshToken)).size, 1, 'successors')
    },
  },
  {
    name: 'sessions end by themselves and by hand',
    run: async () => {
      const { auth, advance } = deploy()
      const login = await auth.sessions.start({ subject: 'user-1' })
      const other = await auth.sessions.start({ subject: 'user-1' })
      expectEqual((await auth.sessions.list('user-1')).length, 2, 'sessions')
      await auth.sessions.revoke(other.session.id)
      await expectRefused(() => auth.sessions.refresh(other.refreshToken), 'session_revoked')
      advance(14 * 86_400)
      await expectRefused(() => auth.sessions.refresh(login.refreshToken), 'session_expired')
    },
  },
  {
    name: 'a forged refresh token is refused',
    run: async () => {
      const { auth } = deploy()
      const { refreshToken } = await auth.sessions.start({ subject: 'user-1' })
      const forged = `${refreshToken.slice(0, -4)}${refreshToken.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`
      await expectRefused(() => auth.sessions.refresh(forged), 'refresh_token_invalid')
    },
  },
]
