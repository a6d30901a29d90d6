import { generateKeyPairSync } from 'node:crypto'
import { verifyJwt } from '@authcore/core/jwt'
import { describe, expect, it } from 'vitest'
import {
  appleProvider,
  githubProvider,
  googleProvider,
  microsoftProvider,
  openIdProvider,
  type Provider,
} from '../../src/index.js'
import { type FakeProvider, fakeProvider, formSentTo, signInWithFake } from '../support/fake-provider.js'

const CLIENT = { clientId: 'shop', clientSecret: 'the secret of the shop' } as const

function publish(fake: FakeProvider, issuer: string, host: string, at = issuer): void {
  fake.answers.set(`${at.replace('https://', '')}/.well-known/openid-configuration`, {
    issuer,
    authorization_endpoint: `https://${host}/authorize`,
    token_endpoint: `https://${host}/token`,
    jwks_uri: `https://${host}/jwks`,
  })
}

describe('Google', () => {
  const signIn = async (claims: Record<string, unknown>) => {
    const fake = await fakeProvider('accounts.google.com/jwks')
    publish(fake, 'https://accounts.google.com', 'accounts.google.com')
    const provider = googleProvider({ ...CLIENT, parameters: { prompt: 'select_account' } })
    const tokenUrl = 'accounts.google.com/token'
    return signInWithFake(provider, fake, {
      tokenUrl,
      claims: { iss: 'https://accounts.google.com', sub: '1', ...claims },
    })
  }

  it.each([
    ['of Gmail', { email: 'ada@gmail.com', email_verified: true }, true],
    ['of Workspace', { email: 'ada@corp.example', email_verified: true, hd: 'corp.example' }, true],
    ['of somebody else', { email: 'ada@corp.example', email_verified: true }, false],
    ['that looks like Gmail', { email: 'ada@gmail.com.evil.example', email_verified: true }, false],
    ['that is not verified', { email: 'ada@gmail.com', email_verified: false }, false],
    ['that is verified by a number', { email: 'ada@gmail.com', email_verified: 1 }, false],
  ])('an address %s counts as verified: %#', async (_name, claims, isEmailVerified) => {
    const { finish, asked } = await signIn(claims)
    expect(asked.searchParams.get('prompt')).toBe('select_account')
    expect(await finish()).toMatchObject({ profile: { subject: '1', email: claims.email, isEmailVerified } })
  })

  it('what is no address or name is left out', async () => {
    const { finish } = await signIn({
      email: 'nonsense',
      email_verified: true,
      name: 'x'.repeat(201),
      amr: ['pwd', 5],
    })
    const { profile } = await finish()
    expect(profile).toEqual({
      provider: 'op',
      issuer: 'https://accounts.google.com',
      subject: '1',
      isEmailVerified: false,
      amr: ['pwd'],
    })
  })
})

describe('Microsoft', () => {
  const TENANT = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee'
  const OTHER = '11111111-2222-4333-8444-555555555555'
  const CONSUMERS = '9188040d-6c67-4b5b-b112-36a304b66dad'
  const issuerOf = (tenant: string) => `https://login.microsoftonline.com/${tenant}/v2.0`

  const signIn = async (
    options: { tenant?: string; allowedTenants?: readonly string[] },
    claims: Record<string, unknown>,
  ) => {
    const host = 'login.microsoftonline.com'
    const fake = await fakeProvider(`${host}/jwks`)
    const { tenant = 'common' } = options
    const fixed = tenant === 'consumers' ? CONSUMERS : tenant
    const named = ['common', 'organizations'].includes(fixed) ? '{tenantid}' : fixed
    publish(fake, issuerOf(named), host, issuerOf(fixed))
    const provider = microsoftProvider({ ...CLIENT, ...options })
    return signInWithFake(provider, fake, { tokenUrl: `${host}/token`, claims: { sub: '1', ...claims } })
  }

  it.each([
    ['common', {}, TENANT],
    ['common', { allowedTenants: [TENANT] }, TENANT],
    ['common', {}, CONSUMERS],
    ['organizations', {}, TENANT],
    ['consumers', {}, CONSUMERS],
    [TENANT, {}, TENANT],
  ])('%s %j: a token of %s is accepted, its address never verified', async (tenant, options, tid) => {
    const claims = { iss: issuerOf(tid), tid, email: 'ceo@contoso.example', email_verified: true }
    const { finish } = await signIn({ tenant, ...options }, claims)
    expect(await finish()).toMatchObject({
      profile: { issuer: issuerOf(tid), subject: '1', email: 'ceo@contoso.example', isEmailVerified: false },
    })
  })

  it.each([
    ['whose issuer is the template', 'common', {}, { iss: issuerOf('{tenantid}'), tid: '{tenantid}' }],
    ['whose tenant is another than its issuer', 'common', {}, { iss: issuerOf(TENANT), tid: OTHER }],
    ['without a tenant', 'common', {}, { iss: issuerOf(TENANT) }],
    ['whose tenant is no id', 'common', {}, { iss: issuerOf('evil'), tid: 'evil' }],
    ['whose tenant is two', 'common', {}, { iss: issuerOf(TENANT), tid: [TENANT] }],
    [
      'of a tenant that is not allowed',
      'common',
      { allowedTenants: [TENANT] },
      { iss: issuerOf(OTHER), tid: OTHER },
    ],
    ['of a personal account', 'organizations', {}, { iss: issuerOf(CONSUMERS), tid: CONSUMERS }],
    ['of another tenant', TENANT, {}, { iss: issuerOf(OTHER), tid: OTHER }],
  ])('a token %s is refused', async (_name, tenant, options, claims) => {
    const { finish, deployment } = await signIn({ tenant, ...options }, claims)
    await expect(finish()).rejects.toMatchObject({ code: 'sign_in_identity_invalid' })
    expect(deployment.eventsOf('sign_in.refused')).toMatchObject([{ reason: 'id_token_issuer_mismatch' }])
  })
})

describe('Apple', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const OPTIONS = {
    clientId: 'com.example.shop',
    teamId: 'TEAM123456',
    keyId: 'KEY1234567',
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }

  it('is asked for a form, by a secret that is a JWT of five minutes', async () => {
    const fake = await fakeProvider('appleid.apple.com/jwks')
    publish(fake, 'https://appleid.apple.com', 'appleid.apple.com')
    const { finish, asked, cookie, deployment } = await signInWithFake(appleProvider(OPTIONS), fake, {
      tokenUrl: 'appleid.apple.com/token',
      claims: { iss: 'https://appleid.apple.com', sub: '1', email: 'a@b.example', email_verified: 'true' },
    })
    expect(asked.searchParams.get('response_mode')).toBe('form_post')
    expect(cookie).toContain('SameSite=None')
    expect(await finish()).toMatchObject({
      profile: { isEmailVerified: true },
      clearCookie: expect.stringContaining('None'),
    })
    const { client_secret: secret, client_id: clientId } = formSentTo(fake, 'appleid.apple.com/token')
    expect(clientId).toBe('com.example.shop')
    const { payload, header } = await verifyJwt(secret ?? '', publicKey.export({ format: 'jwk' }) as never, {
      issuer: 'TEAM123456',
      audience: 'https://appleid.apple.com',
      algorithms: ['ES256'],
      clock: deployment.clock,
    })
    expect(header).toMatchObject({ alg: 'ES256', kid: 'KEY1234567' })
    expect(payload).toMatchObject({ sub: 'com.example.shop' })
    expect(Number(payload['exp']) - Number(payload['iat'])).toBe(300)
  })

  it.each([
    [{ privateKey: 'nonsense' }, 'privateKey'],
    [{ privateKey: undefined }, 'privateKey'],
    [{ teamId: undefined }, 'teamId'],
    [{ clientSecret: 'x' }, 'clientSecret'],
  ])('refuses the options %j', (options, path) => {
    expect(() => appleProvider({ ...OPTIONS, ...options } as never)).toThrow(
      expect.objectContaining({ problems: expect.arrayContaining([expect.objectContaining({ path })]) }),
    )
  })
})

describe('GitHub', () => {
  const TOKEN = 'github.com/login/oauth/access_token'
  const signIn = async (answers: Record<string, unknown>, token: unknown = undefined) => {
    const fake = await fakeProvider('none')
    fake.answers.set(
      TOKEN,
      token ?? { access_token: 'gho_1', token_type: 'bearer', scope: 'read:user,user:email' },
    )
    for (const [path, answer] of Object.entries(answers)) fake.answers.set(`api.github.com${path}`, answer)
    return {
      fake,
      ...(await signInWithFake(githubProvider(CLIENT), fake, { tokenUrl: TOKEN, keepTokens: true })),
    }
  }
  const EMAILS = [
    { email: 'old@example.com', verified: true, primary: false },
    { email: 'ada@example.com', verified: true, primary: true },
  ]

  it('tells who it is by number, with the primary address', async () => {
    const { finish, asked, fake } = await signIn({
      '/user': { id: 42, login: 'ada', name: null },
      '/user/emails': EMAILS,
    })
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      scope: 'read:user user:email',
      code_challenge_method: 'S256',
    })
    expect(asked.searchParams.has('nonce')).toBe(false)
    expect(await finish()).toMatchObject({
      profile: {
        issuer: 'https://github.com',
        subject: '42',
        email: 'ada@example.com',
        isEmailVerified: true,
        name: 'ada',
      },
    })
    expect(formSentTo(fake, TOKEN)).toMatchObject({ client_secret: CLIENT.clientSecret, code: 'c' })
    expect(fake.asked.at(-1)?.headers['authorization']).toBe('Bearer gho_1')
  })

  it('an address that GitHub has not verified does not count as such', async () => {
    const { finish } = await signIn({
      '/user': { id: 42, login: 'ada' },
      '/user/emails': [{ email: 'ada@example.com', verified: false, primary: true }],
    })
    expect((await finish()).profile).toMatchObject({ email: 'ada@example.com', isEmailVerified: false })
  })

  it.each<[string, Record<string, unknown>, unknown, string]>([
    ['an error in place of tokens', {}, { error: 'bad_verification_code' }, 'provider_response_invalid'],
    ['a user without a number', { '/user': { login: 'ada' } }, undefined, 'provider_response_invalid'],
    ['a number that is text', { '/user': { id: '42' } }, undefined, 'provider_response_invalid'],
    ['nothing', { '/user': 500 }, undefined, 'provider_response_invalid'],
    ['no addresses', { '/user': { id: 42 }, '/user/emails': 403 }, undefined, 'provider_response_invalid'],
  ])('answers %s: refused', async (_name, answers, token, code) => {
    const { finish } = await signIn(answers, token)
    await expect(finish()).rejects.toMatchObject({ code })
  })

  it('ends the grant by its own way', async () => {
    const { finish, deployment, fake } = await signIn({
      '/user': { id: 42, login: 'ada' },
      '/user/emails': EMAILS,
    })
    const { subject, identityId } = await finish()
    expect((await deployment.signIn.tokens?.accessToken(subject, identityId))?.accessToken).toBe('gho_1')
    fake.answers.set('api.github.com/applications/shop/grant', 204)
    expect(await deployment.signIn.tokens?.remove(subject, identityId)).toEqual({
      found: true,
      isRevoked: true,
    })
    const last = fake.asked.at(-1)
    expect(last?.method).toBe('DELETE')
    expect(JSON.parse(last?.body ?? '')).toEqual({ access_token: 'gho_1' })
  })
})

it.each<[string, () => Provider, string]>([
  ['no client', () => googleProvider({ clientSecret: 's' } as never), 'clientId'],
  ['no secret', () => googleProvider({ clientId: 'c' } as never), 'clientSecret'],
  ['a parameter of ours', () => googleProvider({ ...CLIENT, parameters: { state: 'x' } }), 'parameters'],
  [
    'a parameter that is no text',
    () => googleProvider({ ...CLIENT, parameters: { a: 5 } } as never),
    'parameters',
  ],
  ['parameters that are none', () => googleProvider({ ...CLIENT, parameters: [] } as never), 'parameters'],
  ['a scope with a space', () => googleProvider({ ...CLIENT, scope: ['a b'] }), 'scope'],
  ['an age', () => googleProvider({ ...CLIENT, maxAgeSeconds: -1 }), 'maxAgeSeconds'],
  ['an age for GitHub', () => githubProvider({ ...CLIENT, maxAgeSeconds: 5 } as never), 'maxAgeSeconds'],
  ['a tenant by name', () => microsoftProvider({ ...CLIENT, tenant: 'contoso.com' }), 'tenant'],
  [
    'tenants beside one',
    () => microsoftProvider({ ...CLIENT, tenant: 'consumers', allowedTenants: [] }),
    'allowedTenants',
  ],
  ['tenants that are none', () => microsoftProvider({ ...CLIENT, allowedTenants: ['x'] }), 'allowedTenants'],
  ['an issuer by http', () => openIdProvider({ ...CLIENT, issuer: 'http://op.example.com' }), 'issuer'],
  [
    'an issuer with a query',
    () => openIdProvider({ ...CLIENT, issuer: 'https://op.example.com?' }),
    'issuer',
  ],
  [
    'an issuer with a user',
    () => openIdProvider({ ...CLIENT, issuer: 'https://u@op.example.com' }),
    'issuer',
  ],
  ['no issuer', () => openIdProvider({ ...CLIENT } as never), 'issuer'],
  ['an issuer that is none', () => openIdProvider({ ...CLIENT, issuer: 'op' }), 'issuer'],
  [
    'a secret beside none',
    () => openIdProvider({ ...CLIENT, issuer: 'https://op.example.com', clientAuthentication: 'none' }),
    'clientSecret',
  ],
  ['an option that is none', () => googleProvider({ ...CLIENT, secret: 'x' } as never), 'secret'],
])('refuses options with %s', (_name, create, path) => {
  expect(create).toThrow(
    expect.objectContaining({
      code: 'config_invalid',
      problems: expect.arrayContaining([expect.objectContaining({ path })]),
    }),
  )
})
