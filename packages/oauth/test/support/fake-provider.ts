import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { OutboundCommand, OutboundTransport, Provider } from '../../src/index.js'
import { type DeployOptions, deploy } from './fixture.js'

/** What a provider that cannot run here would answer, with keys of its own. */
export interface FakeProvider {
  readonly transport: OutboundTransport
  readonly asked: OutboundCommand[]
  /** By host and path: JSON, or a status. */
  readonly answers: Map<string, unknown>
  sign(claims: Readonly<Record<string, unknown>>): Promise<string>
}

export async function fakeProvider(jwksUrl: string): Promise<FakeProvider> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const answers = new Map<string, unknown>()
  const asked: OutboundCommand[] = []
  answers.set(jwksUrl, { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' }] })
  return {
    asked,
    answers,
    transport: async command => {
      asked.push(command)
      const answer = answers.get(command.url.host + command.url.pathname)
      const isStatus = typeof answer === 'number' || answer === undefined
      return {
        status: isStatus ? (answer ?? 404) : 200,
        headers: new Headers({ 'content-type': 'application/json' }),
        body: new TextEncoder().encode(isStatus ? '' : JSON.stringify(answer)),
      }
    },
    sign: claims =>
      new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'k' }).sign(privateKey),
  }
}

/** Signs in with a provider that is faked: what it says of the person, and what came of it. */
export async function signInWithFake(
  provider: Provider,
  fake: FakeProvider,
  { tokenUrl, claims, ...options }: DeployOptions & { tokenUrl: string; claims?: Record<string, unknown> },
) {
  const deployment = deploy({
    ...options,
    providers: { op: provider },
    outbound: { transport: fake.transport },
  })
  const { authorizationUrl, cookie } = await deployment.signIn.start('op', { headers: {} })
  const asked = new URL(authorizationUrl)
  if (claims !== undefined) {
    const idToken = await fake.sign({
      aud: provider.clientId,
      exp: Math.floor(Date.now() / 1000) + 300,
      iat: Math.floor(Date.now() / 1000),
      nonce: asked.searchParams.get('nonce'),
      ...claims,
    })
    fake.answers.set(tokenUrl, {
      access_token: 'at',
      token_type: 'Bearer',
      expires_in: 3600,
      id_token: idToken,
    })
  }
  const parameters = new URLSearchParams({ code: 'c', state: asked.searchParams.get('state') ?? '' })
  const finish = () =>
    deployment.signIn.finish('op', { headers: { cookie: cookie.split(';')[0] ?? '' }, parameters })
  return { deployment, asked, cookie, finish }
}

/** The form that was sent to a URL. */
export function formSentTo(fake: FakeProvider, url: string): Readonly<Record<string, string>> {
  const command = fake.asked.find(({ url: { host, pathname } }) => host + pathname === url)
  return Object.fromEntries(new URLSearchParams(command?.body ?? ''))
}
