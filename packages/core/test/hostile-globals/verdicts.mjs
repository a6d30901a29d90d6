// Prints the verdicts of the built package as JSON. Runs in a process of its own, because what it does to the
// globals cannot be undone.
//   node verdicts.mjs <when> <pollution as JSON>
// `when` is one of
//   never    nothing is polluted
//   hidden   polluted before the package is loaded, with members that are not enumerable
//   jwt      polluted before `@authcore/core/jwt` is loaded, and no other part of the package. Enumerable members keep
//            zod from loading (version 4.6 lists the members of its classes with for-in): the process does not start
//   later    polluted when everything is wired
import { createHmac, createPrivateKey, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'

const [when = 'never', pollution = '{}'] = process.argv.slice(2)
const fixed = JSON.parse(readFileSync(new URL('keys.json', import.meta.url), 'utf8'))
const NOW = 1_800_000_000
const ISSUER = 'https://issuer.example.com'
const AUDIENCE = 'https://api.example.com'
const SECRET = Buffer.from(fixed.secret.k, 'base64url')
const CLAIMS = {
  iss: ISSUER,
  sub: 'user-1',
  aud: AUDIENCE,
  exp: NOW + 900,
  iat: NOW,
  jti: 'token-1',
  scope: 'read',
}

const part = value =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const privateKey = createPrivateKey({ key: fixed.ec, format: 'jwk' })

function hs(header, payload, secret = SECRET) {
  const input = `${part(header)}.${part(payload)}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

function es(header, payload) {
  const input = `${part(header)}.${part(payload)}`
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

const without = (object, name) =>
  Object.fromEntries(Object.entries(object).filter(([other]) => other !== name))

// made before anything is polluted: what tokens say does not depend on this process
const HEADER = { alg: 'HS256', typ: 'at+jwt' }
const tokens = {
  good: hs(HEADER, CLAIMS),
  'good, ES256': es({ alg: 'ES256', typ: 'at+jwt', kid: 'ec' }, CLAIMS),
  'no alg': hs({ typ: 'at+jwt' }, CLAIMS),
  'empty header': hs({}, CLAIMS),
  'no typ': hs({ alg: 'HS256' }, CLAIMS),
  'alg none': `${part({ alg: 'none' })}.${part(CLAIMS)}.AA`,
  'alg proto': hs('{"__proto__":{"alg":"HS256"}}', CLAIMS),
  'secret of the attacker': hs(HEADER, CLAIMS, Buffer.from(fixed.attacker.k, 'base64url')),
  'secret of the attacker, no alg': hs({}, CLAIMS, Buffer.from(fixed.attacker.k, 'base64url')),
  'other audience': hs(HEADER, { ...CLAIMS, aud: 'https://attacker.example' }),
  'other issuer': hs(HEADER, { ...CLAIMS, iss: 'https://attacker.example' }),
  expired: hs(HEADER, { ...CLAIMS, exp: NOW - 1 }),
  bound: hs(HEADER, { ...CLAIMS, cnf: { jkt: 'x' } }),
  'empty payload': hs(HEADER, {}),
  ...Object.fromEntries(Object.keys(CLAIMS).map(name => [`no ${name}`, hs(HEADER, without(CLAIMS, name))])),
}

function pollute(enumerable) {
  for (const [name, value] of Object.entries(JSON.parse(pollution))) {
    // a prototype without getters: `get` in Object.prototype would make this very line fail
    const descriptor = { __proto__: null, value, enumerable, configurable: true, writable: true }
    Object.defineProperty(Object.prototype, name, descriptor)
  }
}
if (when === 'hidden') pollute(false)
if (when === 'jwt') pollute(true)
const isWhole = when !== 'jwt'
const { createAccessTokenVerifier, createAuthCore } = isWhole ? await import('@authcore/core') : {}
const { importKey, signJwt, verifyJws, verifyJwt } = await import('@authcore/core/jwt')
const { memoryStores } = await import('@authcore/core/memory')

const clock = () => NOW * 1000
const options = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['HS256', 'ES256'], clock }
const publicJwk = without(fixed.ec, 'd')
const secretKey = await importKey(SECRET, { algorithm: 'HS256' })
const keys = {
  secret: secretKey,
  bytes: new Uint8Array(SECRET),
  jwk: fixed.secret,
  set: { keys: [fixed.secret, { ...publicJwk, kid: 'ec' }] },
  function: () => fixed.secret,
}
const verifierOf = more =>
  createAccessTokenVerifier({
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: ['HS256', 'ES256'],
    clock,
    ...more,
  })
const wire = () =>
  createAuthCore({
    issuer: ISSUER,
    audience: AUDIENCE,
    secrets: [Buffer.alloc(32, 'Q8x!m2').toString('base64') + fixed.secret.k],
    stores: memoryStores(),
    accessToken: { algorithm: 'ES256' },
    clock,
  })
const wired = isWhole
  ? {
      'verifier of keys': verifierOf({ keys: [secretKey] }),
      'verifier of a set': verifierOf({ jwks: keys.set }),
    }
  : {}
const auth = isWhole ? wire() : undefined
const issued = await auth?.accessTokens.issue({ subject: 'user-1', scope: ['read'] })
const apiKey = (await auth?.apiKeys.issue({ ownerId: 'user-1', name: 'key', scope: ['read'] }))?.apiKey

if (when === 'later') pollute(true)

const verdicts = {}
/** Own members only: what is inherited is the pollution itself. */
const show = value => JSON.parse(JSON.stringify(value ?? null))
const record = async (name, run) => {
  try {
    verdicts[name] = show(await run())
  } catch (error) {
    const code = Object.hasOwn(error, 'code') ? error.code : undefined
    verdicts[name] = { [error.constructor.name]: code ?? String(error.stack).slice(0, 300) }
  }
}

for (const [name, token] of Object.entries(tokens)) {
  for (const [kind, key] of Object.entries(keys)) {
    await record(`verifyJwt, ${kind}: ${name}`, () => verifyJwt(token, key, options))
  }
  await record(`verifyJwt, typ: ${name}`, () => verifyJwt(token, secretKey, { ...options, typ: 'at+jwt' }))
  await record(
    `verifyJws: ${name}`,
    async () => (await verifyJws(token, secretKey, { algorithms: ['HS256'] })).header,
  )
  for (const [kind, verifier] of Object.entries(wired)) {
    await record(`${kind}: ${name}`, () => verifier.verify(token))
    await record(`${kind}, scope: ${name}`, () => verifier.verify(token, { scope: ['admin'] }))
    await record(`${kind}, again: ${name}`, () => verifier.verify(token))
  }
  if (isWhole) await record(`new verifier: ${name}`, () => verifierOf({ keys: [fixed.secret] }).verify(token))
}
await record('no algorithms', () => verifyJwt(tokens.good, secretKey, { issuer: ISSUER, audience: AUDIENCE }))
await record('no issuer', () =>
  verifyJwt(tokens.good, secretKey, { audience: AUDIENCE, algorithms: ['HS256'] }),
)
await record('no audience', () =>
  verifyJwt(tokens.good, secretKey, { issuer: ISSUER, algorithms: ['HS256'] }),
)
await record('no key', () => verifyJwt(tokens.good, {}, options))
await record('no kty', () => importKey({ k: fixed.secret.k }, { algorithm: 'HS256' }))
await record('no algorithm', () => importKey(SECRET))
await record('weak key', () => importKey({ kty: 'oct' }, { algorithm: 'HS256' }))
await record('public key', async () => (await importKey(publicJwk, { algorithm: 'ES256' })).type)
await record('sign', async () => (await signJwt({ sub: 'user-1' }, secretKey)).split('.').slice(0, 2))
await record('sign nothing', () => signJwt({}, secretKey))
if (isWhole) await recordDeployment()
process.stdout.write(JSON.stringify(verdicts))

async function recordDeployment() {
  const tokenIdOf = ({ tokenId: _, ...principal }) => principal
  await record('own token', async () => tokenIdOf(await auth.accessTokens.verify(issued.accessToken)))
  await record('own token, scope', () => auth.accessTokens.verify(issued.accessToken, { scope: ['admin'] }))
  await record('own token, empty demands', async () =>
    tokenIdOf(await auth.accessTokens.verify(issued.accessToken, {})),
  )
  await record('API key', async () => (await auth.apiKeys.verify(apiKey)).scope)
  await record('API key, scope', () => auth.apiKeys.verify(apiKey, { scope: ['admin'] }))
  await record('new deployment', async () => {
    const other = wire()
    const { accessToken } = await other.accessTokens.issue({ subject: 'user-1' })
    const [header, payload] = accessToken
      .split('.', 2)
      .map(text => JSON.parse(Buffer.from(text, 'base64url').toString()))
    return [Object.keys(header), Object.keys(payload), (await other.accessTokens.verify(accessToken)).scope]
  })
  await record('session', async () => {
    const { refreshToken, accessToken } = await auth.sessions.start({ subject: 'user-1', scope: ['read'] })
    const next = await auth.sessions.refresh(refreshToken)
    const principal = await auth.accessTokens.verify(next.accessToken)
    return [principal.scope, principal.roles, Object.keys(principal), accessToken !== next.accessToken]
  })
}
