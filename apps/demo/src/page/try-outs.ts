/** One thing that can be tried from a shell. */
export interface TryOut {
  readonly title: string
  readonly why: string
  /** Such as `GET /api/me`; absent for lines that only work in the shell. */
  readonly route?: string
  /** The status of each request that the line makes. */
  readonly statuses: readonly number[]
  /** One line for a POSIX shell with curl and sed. Lines build on those before them. */
  readonly line: string
}

/** Things to try that belong together. */
export interface TryOutGroup {
  readonly id: string
  readonly title: string
  readonly intro: string
  readonly tryOuts: readonly TryOut[]
}

const JSON_TYPE = "-H 'Content-Type: application/json'"
const LOGIN = '{"identifier":"ada@example.com","password":"correct horse battery staple"}'
const BEARER = '-H "Authorization: Bearer $ACCESS_TOKEN"'

/**
 * Lists everything that can be tried, in an order in which it works.
 * @param baseUrl where the demo is reached
 */
export function listTryOuts(baseUrl: string, adminEmail: string): readonly TryOutGroup[] {
  return [
    loginGroup(baseUrl),
    refreshGroup(baseUrl),
    apiKeyGroup(baseUrl),
    gatewayGroup(baseUrl),
    refusalGroup(baseUrl),
    adminGroup(baseUrl, adminEmail),
    signOutGroup(baseUrl),
  ]
}

function loginGroup(baseUrl: string): TryOutGroup {
  return {
    id: 'login',
    title: 'Log in',
    intro:
      'A login starts a session. Second factors and passwords that were forgotten are on the page for people.',
    tryOuts: [
      {
        title: 'Register',
        why: 'The password is kept as an argon2id hash. Registering twice, also at a later start, answers 409.',
        route: 'POST /auth/register',
        statuses: [201],
        line: `curl -s ${baseUrl}/auth/register ${JSON_TYPE} -d '${LOGIN}'; echo`,
      },
      {
        title: 'Log in',
        why: 'A wrong password, an unknown email and a lockout get the same answer, and cost the same work.',
        route: 'POST /auth/login',
        statuses: [200],
        line: `TOKENS=$(curl -s ${baseUrl}/auth/login ${JSON_TYPE} -d '${LOGIN}'); echo "$TOKENS"`,
      },
      {
        title: 'Keep the tokens in your shell',
        why: 'The lines below use these two variables.',
        statuses: [],
        line: `${capture('ACCESS_TOKEN', 'TOKENS', 'access_token')}; ${capture('REFRESH_TOKEN', 'TOKENS', 'refresh_token')}`,
      },
      {
        title: 'Call with the access token',
        why: 'This route takes tokens only.',
        route: 'GET /api/me',
        statuses: [200],
        line: `curl -s ${baseUrl}/api/me ${BEARER}; echo`,
      },
    ],
  }
}

function refreshGroup(baseUrl: string): TryOutGroup {
  const refresh = `curl -s ${baseUrl}/auth/refresh -d "refresh_token=$REFRESH_TOKEN"`
  return {
    id: 'refresh',
    title: 'Refresh',
    intro:
      'Each refresh token is used once. The one before it still answers for ten seconds, then it is theft.',
    tryOuts: [
      {
        title: 'Refresh',
        why: 'Both tokens are replaced.',
        route: 'POST /auth/refresh',
        statuses: [200],
        line: `TOKENS=$(${refresh}); echo "$TOKENS"`,
      },
      {
        title: 'The same refresh token again',
        why: 'Within ten seconds: the same successor, as if the first answer had been lost. Later: the session ends.',
        route: 'POST /auth/refresh',
        statuses: [200],
        line: `${refresh}; echo`,
      },
      {
        title: 'Take the new tokens',
        why: 'So that the lines below go on with the living ones.',
        statuses: [],
        line: `${capture('ACCESS_TOKEN', 'TOKENS', 'access_token')}; ${capture('REFRESH_TOKEN', 'TOKENS', 'refresh_token')}`,
      },
      {
        title: 'See the sessions',
        why: 'What a person sees as “your devices”.',
        route: 'GET /auth/sessions',
        statuses: [200],
        line: `curl -s ${baseUrl}/auth/sessions ${BEARER}; echo`,
      },
    ],
  }
}

function apiKeyGroup(baseUrl: string): TryOutGroup {
  const withKey = '-H "X-API-Key: $API_KEY"'
  return {
    id: 'api-keys',
    title: 'API keys',
    intro:
      'For machines. The text is shown once; the store keeps a hash that is worth nothing without its pepper.',
    tryOuts: [
      {
        title: 'Issue a key',
        why: 'It may read reports, and nothing else.',
        route: 'POST /auth/api-keys',
        statuses: [201],
        line: `KEY=$(curl -s ${baseUrl}/auth/api-keys ${BEARER} ${JSON_TYPE} -d '{"name":"nightly build","scope":"reports:read"}'); echo "$KEY"`,
      },
      {
        title: 'Keep the key in your shell',
        why: 'The text to call with, and the id to manage it by.',
        statuses: [],
        line: `${capture('API_KEY', 'KEY', 'api_key')}; ${capture('KEY_ID', 'KEY', 'id')}`,
      },
      {
        title: 'Call with the key',
        why: 'This route takes API keys only.',
        route: 'GET /api/machine',
        statuses: [200],
        line: `curl -s ${baseUrl}/api/machine ${withKey}; echo`,
      },
      {
        title: 'A route for tokens and keys',
        why: 'One policy, two methods; the answer tells which one spoke.',
        route: 'GET /api/reports',
        statuses: [200, 200],
        line: `curl -s ${baseUrl}/api/reports ${withKey}; echo; curl -s ${baseUrl}/api/reports ${BEARER}; echo`,
      },
      {
        title: 'A scope that the key lacks',
        why: 'The challenge names the scope that is missing.',
        route: 'POST /api/reports',
        statuses: [403],
        line: `curl -si -X POST ${baseUrl}/api/reports ${withKey}; echo`,
      },
      {
        title: 'Rotate with an overlap',
        why: 'Old and new key both work for a minute; then only the new one.',
        route: 'POST /auth/api-keys/:id/rotate',
        statuses: [201],
        line: `curl -s ${baseUrl}/auth/api-keys/$KEY_ID/rotate ${BEARER} ${JSON_TYPE} -d '{"overlap_seconds":60}'; echo`,
      },
      {
        title: 'Revoke the old key',
        why: 'It is refused from the next call on.',
        route: 'DELETE /auth/api-keys/:id',
        statuses: [204, 401],
        line: `curl -si -X DELETE ${baseUrl}/auth/api-keys/$KEY_ID ${BEARER}; curl -si ${baseUrl}/api/machine ${withKey}; echo`,
      },
    ],
  }
}

function gatewayGroup(baseUrl: string): TryOutGroup {
  return {
    id: 'gateway',
    title: 'Gateway',
    intro: 'The caller is verified here, once; a service behind it, on a port of its own, is told who it is.',
    tryOuts: [
      {
        title: 'Call the service behind the gateway',
        why: 'It gets a signed token that lives a minute, and your id in a plain header. Your own token stays behind.',
        route: 'GET /gateway/orders',
        statuses: [200],
        line: `curl -s ${baseUrl}/gateway/orders ${BEARER}; echo`,
      },
      {
        title: 'Try to be somebody else',
        why: 'Your own copies of the identity headers are dropped, in every spelling.',
        route: 'GET /gateway/orders',
        statuses: [200],
        line: `curl -s ${baseUrl}/gateway/orders ${BEARER} -H 'X-User-Id: somebody-else' -H 'X_User_Id: somebody-else'; echo`,
      },
    ],
  }
}

function refusalGroup(baseUrl: string): TryOutGroup {
  return {
    id: 'refused',
    title: 'Refused',
    intro:
      'Every refusal has a status, a challenge where one belongs, and a problem body with a stable code.',
    tryOuts: [
      {
        title: 'No credentials',
        why: 'A bare challenge: there is nothing yet to be wrong.',
        route: 'GET /api/me',
        statuses: [401],
        line: `curl -si ${baseUrl}/api/me; echo`,
      },
      {
        title: 'A forged signature',
        why: 'The last characters of the signature are replaced.',
        route: 'GET /api/me',
        statuses: [401],
        line: `curl -si ${baseUrl}/api/me -H "Authorization: Bearer \${ACCESS_TOKEN%????????}AAAAAAAA"; echo`,
      },
      {
        title: 'The refresh token in place of an access token',
        why: 'Each kind of credential is refused wherever another kind belongs.',
        route: 'GET /api/me',
        statuses: [401],
        line: `curl -si ${baseUrl}/api/me -H "Authorization: Bearer $REFRESH_TOKEN"; echo`,
      },
      {
        title: 'A role that you lack',
        why: 'You are known, and it is not for you: 403, not 401.',
        route: 'GET /api/admin/users',
        statuses: [403],
        line: `curl -si ${baseUrl}/api/admin/users ${BEARER}; echo`,
      },
    ],
  }
}

function adminGroup(baseUrl: string, adminEmail: string): TryOutGroup {
  const login = `{\\"identifier\\":\\"${adminEmail}\\",\\"password\\":\\"$ADMIN_PASSWORD\\"}`
  const asAdmin = '-H "Authorization: Bearer $ADMIN_TOKEN"'
  return {
    id: 'admin',
    title: 'As the admin',
    intro: `The password of ${adminEmail} is new at every start and stands in the console of the demo only.`,
    tryOuts: [
      {
        title: 'Log in as the admin',
        why: 'Asks for the password from the console.',
        route: 'POST /auth/login',
        statuses: [200],
        line: `printf 'Password of the admin: '; read -r ADMIN_PASSWORD; ADMIN_TOKENS=$(curl -s ${baseUrl}/auth/login ${JSON_TYPE} -d "${login}"); ${capture('ADMIN_TOKEN', 'ADMIN_TOKENS', 'access_token')}`,
      },
      {
        title: 'A route for admins',
        why: 'The role comes from the session and stands in the token.',
        route: 'GET /api/admin/users',
        statuses: [200],
        line: `curl -s ${baseUrl}/api/admin/users ${asAdmin}; echo`,
      },
      {
        title: 'Ask for a password reset',
        why: 'The same answer for everybody; nothing is sent: the mail stands in the console, and is shown to the admin.',
        route: 'GET /api/admin/mails',
        statuses: [202, 200],
        line: `curl -s ${baseUrl}/auth/password/reset-request ${JSON_TYPE} -d '{"identifier":"ada@example.com"}'; curl -s ${baseUrl}/api/admin/mails ${asAdmin}; echo`,
      },
      {
        title: 'Announce the next signing key',
        why: 'It is published at once and signs only when every cached copy of the key set must hold it.',
        route: 'POST /api/admin/signing-keys/rotate',
        statuses: [201],
        line: `curl -s -X POST ${baseUrl}/api/admin/signing-keys/rotate ${asAdmin}; echo`,
      },
      {
        title: 'The public key set',
        why: 'What resource servers verify with, without calling here for each token.',
        route: 'GET /.well-known/jwks.json',
        statuses: [200],
        line: `curl -s ${baseUrl}/.well-known/jwks.json; echo`,
      },
    ],
  }
}

function signOutGroup(baseUrl: string): TryOutGroup {
  return {
    id: 'sign-out',
    title: 'Sign out',
    intro: 'A revoked session takes its access tokens with it at once.',
    tryOuts: [
      {
        title: 'Sign out everywhere',
        why: 'All sessions end; the token that asked for it is refused from now on too.',
        route: 'POST /auth/sessions/revoke-all',
        statuses: [200, 401],
        line: `curl -s -X POST ${baseUrl}/auth/sessions/revoke-all ${BEARER}; echo; curl -si ${baseUrl}/api/me ${BEARER}; echo`,
      },
      {
        title: 'Log out of one session',
        why: 'Here that of the admin; others would live on.',
        route: 'POST /auth/logout',
        statuses: [204],
        line: `curl -si -X POST ${baseUrl}/auth/logout -H "Authorization: Bearer $ADMIN_TOKEN"`,
      },
      {
        title: 'Compare the methods',
        why: 'The table below, as JSON.',
        route: 'GET /api/methods',
        statuses: [200],
        line: `curl -s ${baseUrl}/api/methods; echo`,
      },
    ],
  }
}

/** Takes one member out of JSON with nothing but sed. */
function capture(variable: string, source: string, member: string): string {
  return `${variable}=$(printf %s "$${source}" | sed 's/.*"${member}":"\\([^"]*\\)".*/\\1/')`
}
