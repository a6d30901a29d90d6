import { type AuthHeaders, createAuthRoutes, guardRequest } from '@authcore/http'
import { type Check, expectEqual } from '../check.js'
import { deploy, ISSUER } from '../deployment.js'

const POLICY = { methods: ['access_token', 'api_key'], scope: ['read'] } as const

function request(headers: AuthHeaders) {
  return { method: 'GET', url: '/reports', headers }
}

/** `@authcore/http`, without a framework. */
export const httpChecks: readonly Check[] = [
  {
    name: 'a policy lets good requests pass and answers bad ones',
    run: async () => {
      const { auth } = deploy()
      const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1', scope: ['read'] })
      const good = await guardRequest(auth, request({ authorization: `Bearer ${accessToken}` }), POLICY)
      expectEqual(good.outcome, 'passed', 'outcome')
      const statusOf = async (headers: AuthHeaders) => {
        const guarded = await guardRequest(auth, request(headers), POLICY)
        return guarded.outcome === 'answered' ? guarded.response.status : 200
      }
      expectEqual(await statusOf({}), 401, 'nothing')
      expectEqual(await statusOf({ authorization: 'Bearer a b' }), 400, 'malformed')
      expectEqual(await statusOf({ authorization: `Bearer ${accessToken.slice(0, -3)}` }), 401, 'bad')
      const { accessToken: weak } = await auth.accessTokens.issue({ subject: 'user-1' })
      expectEqual(await statusOf({ authorization: `Bearer ${weak}` }), 403, 'too little')
    },
  },
  {
    name: 'the routes refresh and sign out',
    run: async () => {
      const { auth } = deploy()
      const { handle } = createAuthRoutes(auth)
      const { refreshToken } = await auth.sessions.start({ subject: 'user-1' })
      const send = (path: string, body: object) =>
        handle({
          method: 'POST',
          path,
          url: path,
          headers: { 'content-type': 'application/json' },
          readBody: async () => new TextEncoder().encode(JSON.stringify(body)),
        })
      const refreshed = await send('/refresh', { refresh_token: refreshToken })
      expectEqual(refreshed?.status, 200, 'refresh')
      const { refresh_token: successor } = JSON.parse(refreshed?.body ?? '{}')
      expectEqual((await send('/logout', { refresh_token: successor }))?.status, 204, 'logout')
      expectEqual((await send('/refresh', { refresh_token: successor }))?.status, 400, 'refresh after logout')
    },
  },
  {
    name: 'cookies that a comma joins are one cookie, which opens nothing',
    run: async () => {
      const { auth } = deploy()
      const { handle } = createAuthRoutes(auth)
      const { refreshToken } = await auth.sessions.start({ subject: 'user-1' })
      const cookie = `__Host-refresh_token=${refreshToken}`
      const send = (value: string) =>
        handle({
          method: 'POST',
          path: '/refresh',
          url: '/refresh',
          headers: { host: 'auth.example.com', origin: ISSUER, cookie: value },
          readBody: async () => undefined,
        })
      // what `Headers` of Deno and workerd make of two fields
      for (const value of [`a=b, ${cookie}`, `${cookie}, __Host-refresh_token=x`, `${cookie}, a=b`]) {
        expectEqual((await send(value))?.status, 400, value.replaceAll(refreshToken, 'TOKEN'))
      }
      expectEqual((await send(`a=b; ${cookie}`))?.status, 200, 'joined by a semicolon')
    },
  },
]
