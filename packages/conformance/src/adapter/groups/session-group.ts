import { type AuthPolicy, createHttpAuth, createSessionCookie, type ExtensionRoute } from '@authcore/http'
import { type AdapterRequest, rows } from '../adapter-request.js'
import { type ApplicationPart, answerPrincipal } from '../application.js'
import type { AdapterCredentials } from '../credentials.js'
import type { HeldDeployment } from '../deployments.js'
import type { TableGroup } from '../table-group.js'

/** Sessions by cookie, as servers of web pages have them. */
export const sessionGroup: TableGroup = { rows: sessionRows, build, issue }

const USER = { subject: 'user-1', scope: ['read', 'write'], roles: ['editor'] } as const
const COOKIE = 'Cookie: __Host-session={sessionToken}'
const ORIGIN = 'Origin: https://api.example.com'

/** Idle sessions end before the next row does. */
function openCore({ openCore }: HeldDeployment) {
  return openCore({ session: { idleSeconds: 1500, absoluteSeconds: 3000 } })
}

function build(deployment: HeldDeployment): ApplicationPart {
  const core = openCore(deployment)
  const auth = createHttpAuth(core, { sessionCookie: {} })
  const plain = { mount: '', auth, answer: answerPrincipal } as const
  const policy: AuthPolicy = { methods: ['session'] }
  const cookie = createSessionCookie()
  const stepUp: ExtensionRoute = {
    method: 'POST',
    path: '/step-up',
    sameOrigin: true,
    handle: async ({ headers }) => {
      const renewed = await core.sessions.renew(cookie.find(headers) ?? '', { amr: ['pwd', 'otp'] })
      return { status: 204, headers: { 'set-cookie': [cookie.issue(renewed), 'step=2; Path=/; Secure'] } }
    },
  }
  return {
    routes: [
      { ...plain, path: '/web', policy },
      { ...plain, path: '/web-optional', policy: { ...policy, optional: true } },
      { ...plain, path: '/web-or-token', policy: { methods: ['session', 'access_token'] } },
      { ...plain, path: '/web-fresh', policy: { ...policy, maxAgeSeconds: 60 } },
      { ...plain, path: '/web-then-scope', policy, requireScope: ['write'] },
      { ...plain, path: '/web-then-role', policy, requireRole: ['editor'] },
    ],
    mounts: [
      {
        path: '/web-auth',
        auth,
        options: { extensions: [{ routes: [stepUp] }] },
        body: 'unread',
        isDelayed: false,
      },
    ],
  }
}

async function issue(deployment: HeldDeployment): Promise<AdapterCredentials> {
  const { sessions } = openCore(deployment)
  const { stranger, advance } = deployment
  const expired = await sessions.startCookie(USER)
  advance(1000)
  const stale = await sessions.startCookie(USER)
  advance(1000)
  const login = await sessions.startCookie({ ...USER, amr: ['pwd'], label: 'Laptop' })
  const phone = await sessions.startCookie({ ...USER, label: 'Phone' })
  const weak = await sessions.startCookie({ subject: 'user-2', scope: ['read'] })
  const revoked = await sessions.startCookie(USER)
  await sessions.revoke(revoked.session.id)
  const foreign = await stranger.sessions.startCookie(USER)
  const app = await sessions.start(USER)
  return {
    sessionToken: login.sessionToken,
    sessionId: login.session.id,
    phoneToken: phone.sessionToken,
    phoneId: phone.session.id,
    weakSessionToken: weak.sessionToken,
    staleSessionToken: stale.sessionToken,
    expiredSessionToken: expired.sessionToken,
    revokedSessionToken: revoked.sessionToken,
    foreignSessionToken: foreign.sessionToken,
    token: app.accessToken,
    refreshToken: app.refreshToken,
  }
}

function sessionRows(): readonly AdapterRequest[] {
  return [...cookies(), ...forgeries(), ...deadCookies(), ...demands(), ...routes()]
}

function cookies(): readonly AdapterRequest[] {
  const table = {
    'session: a cookie': [[COOKIE], 200],
    'session: among other cookies': [['Cookie: a=b; __Host-session={sessionToken}; c="d"'], 200],
    'session: in two fields': [['Cookie: a=b', COOKIE], 200],
    'session: the field in lower case': [['cookie: __Host-session={sessionToken}'], 200],
    'session: no cookie': [[], 401, 'credentials_missing'],
    'session: other cookies': [['Cookie: a=b; session={sessionToken}'], 401, 'credentials_missing'],
    'session: another case': [['Cookie: __host-Session={sessionToken}'], 401, 'credentials_missing'],
    'session: two of the name': [
      ['Cookie: __Host-session={sessionToken}; __Host-session=x'],
      400,
      'credentials_repeated',
    ],
    'session: two of the name in two fields': [[COOKIE, COOKIE], 400, 'credentials_repeated'],
    'session: expired': [['Cookie: __Host-session={expiredSessionToken}'], 401, 'session_invalid'],
    'session: revoked': [['Cookie: __Host-session={revokedSessionToken}'], 401, 'session_invalid'],
    'session: of another deployment': [
      ['Cookie: __Host-session={foreignSessionToken}'],
      401,
      'session_invalid',
    ],
    'session: noise': [['Cookie: __Host-session=x'], 401, 'session_invalid'],
    'session: an access token': [['Cookie: __Host-session={token}'], 401, 'session_invalid'],
    'session: a refresh token': [['Cookie: __Host-session={refreshToken}'], 401, 'session_invalid'],
    'session: an access token in its place': [['Authorization: Bearer {token}'], 401, 'credentials_missing'],
  } as const
  return [
    ...rows(table, ([lines, status, code]) => ({ path: '/web', lines, status, ...(code && { code }) })),
    { name: 'session: a cookie, HEAD', method: 'HEAD', path: '/web', lines: [COOKIE], status: 200 },
    { name: 'session: nobody, HEAD', method: 'HEAD', path: '/web', status: 401 },
    { name: 'session: a cookie, OPTIONS', method: 'OPTIONS', path: '/web', lines: [COOKIE], status: 200 },
    { name: 'session: nobody where it is optional', path: '/web-optional', status: 200 },
    {
      name: 'session: somebody where it is optional',
      path: '/web-optional',
      lines: [COOKIE],
      status: 200,
    },
    {
      name: 'session: its token as a bearer',
      path: '/web-or-token',
      lines: ['Authorization: Bearer {sessionToken}'],
      status: 401,
      code: 'token_malformed',
    },
    {
      name: 'session: beside a good token',
      path: '/web-or-token',
      lines: [COOKIE, 'Authorization: Bearer {token}'],
      status: 200,
    },
    {
      name: 'session: beside a bad token',
      path: '/web-or-token',
      lines: [COOKIE, 'Authorization: Bearer x'],
      status: 401,
      code: 'token_malformed',
    },
    {
      name: 'session: while the stores are away',
      path: '/web',
      lines: [COOKIE],
      isOutage: true,
      status: 503,
      code: 'store_unavailable',
    },
    {
      name: 'session: nobody after somebody on the same connection',
      path: '/web-optional',
      before: [{ path: '/web-optional', lines: [COOKIE] }],
      status: 200,
    },
  ]
}

function forgeries(): readonly AdapterRequest[] {
  const table = {
    'forged: POST from this site': ['POST', [ORIGIN], 200],
    'forged: POST, and the browser says so': ['POST', ['Sec-Fetch-Site: same-origin'], 200],
    'forged: POST from nowhere': ['POST', [], 403, 'cross_site_request'],
    'forged: POST from another site': ['POST', ['Origin: https://evil.example'], 403, 'cross_site_request'],
    'forged: POST from a sandbox': ['POST', ['Origin: null'], 403, 'cross_site_request'],
    'forged: POST, another site by the browser': [
      'POST',
      ['Sec-Fetch-Site: cross-site'],
      403,
      'cross_site_request',
    ],
    'forged: POST from two origins': [
      'POST',
      [ORIGIN, 'Origin: https://evil.example'],
      403,
      'cross_site_request',
    ],
    'forged: PUT from another site': ['PUT', ['Origin: https://evil.example'], 403, 'cross_site_request'],
    'forged: DELETE from another site': [
      'DELETE',
      ['Origin: https://evil.example'],
      403,
      'cross_site_request',
    ],
    'forged: GET from another site': ['GET', ['Origin: https://evil.example'], 200],
  } as const
  return rows(table, ([method, lines, status, code]) => ({
    method,
    path: '/web',
    lines: [COOKIE, ...lines],
    status,
    ...(code && { code }),
  }))
}

/** A page takes a dead cookie away; a script that runs beside a login does not. */
function deadCookies(): readonly AdapterRequest[] {
  const dead = 'Cookie: __Host-session={revokedSessionToken}'
  const table = {
    'dead cookie: a page': ['/web', [dead, 'Sec-Fetch-Mode: navigate']],
    'dead cookie: a script': ['/web', [dead, 'Sec-Fetch-Mode: cors']],
    'dead cookie: two modes': ['/web', [dead, 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Mode: cors']],
    'dead cookie: a page where it is optional': ['/web-optional', [dead, 'Sec-Fetch-Mode: navigate']],
  } as const
  return rows(table, ([path, lines]) => ({ path, lines, status: 401, code: 'session_invalid' }))
}

function demands(): readonly AdapterRequest[] {
  const weak = 'Cookie: __Host-session={weakSessionToken}'
  const table = {
    'session: a fresh login': ['/web-fresh', COOKIE, 200],
    'session: a login a while ago': [
      '/web-fresh',
      'Cookie: __Host-session={staleSessionToken}',
      401,
      'authentication_too_old',
    ],
    'session: the scope': ['/web-then-scope', COOKIE, 200],
    'session: not the scope': ['/web-then-scope', weak, 403, 'insufficient_scope'],
    'session: the role': ['/web-then-role', COOKIE, 200],
    'session: not the role': ['/web-then-role', weak, 403, 'insufficient_role'],
  } as const
  return rows(table, ([path, line, status, code]) => ({ path, lines: [line], status, ...(code && { code }) }))
}

function routes(): readonly AdapterRequest[] {
  const stepUp = { method: 'POST', path: '/web-auth/step-up', lines: [COOKIE, ORIGIN] } as const
  const logout = { method: 'POST', path: '/web-auth/logout' } as const
  const both = 'Cookie: __Host-session={sessionToken}; __Host-refresh_token={refreshToken}'
  return [
    { name: 'step-up: a new cookie beside another', ...stepUp, status: 204 },
    {
      name: 'step-up: the former cookie is dead',
      path: '/web',
      lines: [COOKIE],
      before: [stepUp],
      status: 401,
      code: 'session_invalid',
    },
    {
      name: 'step-up: twice',
      ...stepUp,
      before: [stepUp],
      status: 401,
      code: 'session_invalid',
    },
    {
      name: 'step-up: from another site',
      ...stepUp,
      lines: [COOKIE, 'Origin: https://evil.example'],
      status: 403,
      code: 'cross_site_request',
    },
    { name: 'session: signs out', ...logout, lines: [COOKIE, ORIGIN], status: 204 },
    {
      name: 'session: signs out, and is dead',
      path: '/web',
      lines: [COOKIE],
      before: [{ ...logout, lines: [COOKIE, ORIGIN] }],
      status: 401,
      code: 'session_invalid',
    },
    {
      name: 'session: signs out beside a refresh cookie: both go',
      ...logout,
      lines: [both, ORIGIN],
      status: 204,
    },
    {
      name: 'session: signs out beside a bad refresh cookie: both go',
      ...logout,
      lines: ['Cookie: __Host-session={sessionToken}; __Host-refresh_token=x', ORIGIN],
      status: 400,
      code: 'refresh_token_malformed',
    },
    {
      name: 'session: signs out from another site',
      ...logout,
      lines: [COOKIE, 'Origin: https://evil.example'],
      status: 403,
      code: 'cross_site_request',
    },
    { name: 'session: lists devices', path: '/web-auth/sessions', lines: [COOKIE], status: 200 },
    {
      name: 'session: ends another device',
      method: 'DELETE',
      path: '/web-auth/sessions/{phoneId}',
      lines: [COOKIE, ORIGIN],
      status: 204,
    },
    {
      name: 'session: the other device has ended',
      path: '/web',
      lines: ['Cookie: __Host-session={phoneToken}'],
      before: [{ method: 'DELETE', path: '/web-auth/sessions/{phoneId}', lines: [COOKIE, ORIGIN] }],
      status: 401,
      code: 'session_invalid',
    },
    {
      name: 'session: ends another device, forged',
      method: 'DELETE',
      path: '/web-auth/sessions/{phoneId}',
      lines: [COOKIE, 'Sec-Fetch-Site: cross-site'],
      status: 403,
      code: 'cross_site_request',
    },
  ]
}
