import { expect, it } from 'vitest'
import { openIdProvider } from '../../src/index.js'
import { fakeProvider } from '../support/fake-provider.js'
import { deploy } from '../support/fixture.js'

const ISSUER = 'https://op.example.com'
const PATH = 'op.example.com/.well-known/openid-configuration'
const GOOD = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/authorize`,
  token_endpoint: `${ISSUER}/token`,
  jwks_uri: `${ISSUER}/jwks`,
}

async function discover(metadata: unknown = GOOD, issuer = ISSUER) {
  const fake = await fakeProvider('op.example.com/jwks')
  fake.answers.set(PATH, metadata)
  const provider = openIdProvider({ issuer, clientId: 'shop', clientSecret: 's' })
  const deployment = deploy({ providers: { op: provider }, outbound: { transport: fake.transport } })
  const start = () => deployment.signIn.start('op', { headers: {} })
  return { fake, start, clock: deployment.clock, asked: () => fake.asked.length }
}

it('is fetched once for an hour, however many ask at once', async () => {
  const { start, clock, asked } = await discover()
  await Promise.all(Array.from({ length: 20 }, start))
  clock.advance(3599)
  await start()
  expect(asked()).toBe(1)
  clock.advance(1)
  await start()
  expect(asked()).toBe(2)
})

it('is used for a day while it cannot be fetched again, with a pause of thirty seconds between two attempts', async () => {
  const { start, clock, asked, fake } = await discover()
  await start()
  fake.answers.set(PATH, 500)
  clock.advance(3600)
  await start()
  await start()
  expect(asked()).toBe(2)
  clock.advance(30)
  await start()
  expect(asked()).toBe(3)
  clock.advance(86_400)
  await expect(start()).rejects.toMatchObject({ code: 'provider_response_invalid' })
})

it('a failure is remembered for thirty seconds', async () => {
  const { start, clock, asked, fake } = await discover(404)
  await expect(start()).rejects.toMatchObject({ code: 'provider_response_invalid' })
  await expect(start()).rejects.toMatchObject({ code: 'provider_response_invalid' })
  expect(asked()).toBe(1)
  fake.answers.set(PATH, GOOD)
  clock.advance(30)
  await start()
})

// covers ASVS-10.5.3
it.each([
  ['of another issuer', { ...GOOD, issuer: 'https://evil.example' }],
  ['of an issuer that differs by a slash', { ...GOOD, issuer: `${ISSUER}/` }],
  ['of an issuer in other case', { ...GOOD, issuer: 'https://OP.example.com' }],
  ['without an issuer', { ...GOOD, issuer: undefined }],
  ['with a script for a page', { ...GOOD, authorization_endpoint: 'javascript:alert(1)' }],
  ['with a page by http', { ...GOOD, authorization_endpoint: 'http://op.example.com/authorize' }],
  ['with a token endpoint by http', { ...GOOD, token_endpoint: 'http://op.example.com/token' }],
  ['with keys by http', { ...GOOD, jwks_uri: 'http://op.example.com/jwks' }],
  ['without keys', { ...GOOD, jwks_uri: undefined }],
  ['with a revocation endpoint by file', { ...GOOD, revocation_endpoint: 'file:///x' }],
  ['with a number', { ...GOOD, userinfo_endpoint: 5 }],
  ['that is an array', [GOOD]],
])('metadata %s is refused', async (_name, metadata) => {
  const { start } = await discover(metadata)
  await expect(start()).rejects.toMatchObject({ code: 'provider_response_invalid' })
})

it('a provider that is unknown is not asked', async () => {
  const { signIn } = deploy()
  for (const name of ['other', '__proto__', 'constructor', '']) {
    await expect(signIn.start(name, { headers: {} })).rejects.toMatchObject({ code: 'provider_unknown' })
  }
})
