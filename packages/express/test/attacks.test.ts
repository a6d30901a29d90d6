import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type AttackReport,
  attackVerifier,
  formatAttackReport,
  type VerifierMaterial,
  verifyOverHttp,
} from '@authcore/conformance'
import { createAccessTokenVerifier, createAuthCore } from '@authcore/core'
import type { Algorithm, Jwk } from '@authcore/core/jwt'
import { memoryStores } from '@authcore/core/memory'
import type { Express } from 'express'
import { describe, expect, it } from 'vitest'
import { requireAuth } from '../src/index.js'
import { FRAMEWORKS } from './fixture.js'

const FRAME = {
  issuer: 'https://issuer.example.com',
  audience: 'https://api.example.com',
  clock: (): number => 1_800_000_000_000,
} as const

function accessTokenVerifier({ algorithm, secret, publicJwks, issuer, audience, clock }: VerifierMaterial) {
  const k = secret && Buffer.from(secret).toString('base64url')
  const keys: readonly Jwk[] =
    k === undefined ? publicJwks.keys : [{ kty: 'oct', k, alg: algorithm, kid: 'key-1' }]
  return createAccessTokenVerifier({ issuer, audience, keys, algorithms: [algorithm], clock })
}

async function serve(app: Express) {
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // a server that listens on TCP has such an address
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${port}/me`, close }
}

describe.each(FRAMEWORKS)('an app on %s', (_, express) => {
  it('withstands every attack that a header field can carry', async () => {
    const algorithms: readonly Algorithm[] = ['ES256', 'RS256', 'EdDSA', 'HS256']
    const servers: (() => void)[] = []
    const report = await attackVerifier({
      ...FRAME,
      name: 'Express',
      algorithms,
      createVerifier: async material => {
        const app = express()
        const auth = { accessTokens: accessTokenVerifier(material) }
        app.get('/me', requireAuth(auth, { methods: ['access_token'] }), (_request, response) => {
          response.json({ subject: response.req.auth?.subject })
        })
        const { url, close } = await serve(app)
        servers.push(close)
        return verifyOverHttp({ url })
      },
    })
    for (const close of servers) close()
    expectNothingFound(report, 1600)
    expect(new Set(report.notRun.map(({ reason }) => reason))).toEqual(
      new Set(['no header field can carry it']),
    )
  })

  it('whose keys nobody has is attacked with tokens that it issued', async () => {
    const auth = createAuthCore({
      issuer: FRAME.issuer,
      audience: FRAME.audience,
      secrets: ['m0Q8dWQv1nJ3k9ZxT7uYb2LcR5sGhE6pAaFiNoXtVwU='],
      stores: memoryStores(),
      clock: FRAME.clock,
      accessToken: { algorithm: 'RS256' },
    })
    const app = express()
    app.get('/me', requireAuth(auth, { methods: ['access_token'] }), (_request, response) => {
      response.sendStatus(204)
    })
    const { url, close } = await serve(app)
    const report = await attackVerifier({
      ...FRAME,
      name: 'a deployment',
      algorithms: ['RS256'],
      verify: verifyOverHttp({ url }),
      sampleToken: async () => (await auth.accessTokens.issue({ subject: 'user-1' })).accessToken,
      publicJwks: await auth.signingKeys.jwks(),
    })
    close()
    await auth.close()
    expectNothingFound(report, 150)
    expect(report.verdicts.find(({ id }) => id === 'valid/plain')?.outcome).toBe('accepted')
    expect(report.verdicts.find(({ id }) => id === 'alg-confusion/pem')?.outcome).toBe('refused')
  })
})

function expectNothingFound(report: AttackReport, tokens: number): void {
  expect(report.findings, formatAttackReport(report)).toEqual([])
  expect(report.verdicts.length).toBeGreaterThan(tokens)
  expect(report.counts.valid.run).toBeGreaterThan(0)
}
