import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createAccessTokenVerifier } from '@authcore/core'
import { ALGORITHMS, type Jwk } from '@authcore/core/jwt'
import { afterAll, describe, expect, it } from 'vitest'
import {
  type AttackReport,
  attackVerifier,
  formatAttackReport,
  type VerifierMaterial,
  verifierConformance,
} from '../../src/index.js'
import { createOwnVerifier, FRAME, isAuthError } from './fixtures.js'

function accessTokenVerifier({ algorithm, secret, publicJwks, issuer, audience, clock }: VerifierMaterial) {
  const k = secret && Buffer.from(secret).toString('base64url')
  const keys: readonly Jwk[] =
    k === undefined ? publicJwks.keys : [{ kty: 'oct', k, alg: algorithm, kid: 'key-1' }]
  return createAccessTokenVerifier({ issuer, audience, keys, algorithms: [algorithm], clock })
}

describe('our own verifiers', () => {
  verifierConformance({
    ...FRAME,
    runner: { describe, it, afterAll },
    name: 'verifyJwt',
    algorithms: ['ES256', 'HS256'],
    createVerifier: createOwnVerifier,
    isRefusal: isAuthError,
    print: report => expect(report).toContain('; 0 findings'),
  })

  it('createAccessTokenVerifier withstands every attack under every algorithm, by kid and with its cache', async () => {
    const report = await attackVerifier({
      ...FRAME,
      name: 'createAccessTokenVerifier',
      algorithms: ALGORITHMS,
      createVerifier: material => accessTokenVerifier(material).verify,
      isRefusal: isAuthError,
    })
    expectNothingFound(report, 6000)
  })

  it('the backend for other runtimes does', () => {
    const script = fileURLToPath(new URL('web-backend.mjs', import.meta.url))
    const { stdout, stderr, status } = spawnSync(process.execPath, [script], { encoding: 'utf8' })
    expect([status, stderr.replace(/^.*ExperimentalWarning.*\n.*\n/m, '')]).toEqual([0, ''])
    const { isWebCrypto, tokens, findings } = JSON.parse(stdout)
    expect(isWebCrypto).toBe(true)
    expect(findings).toEqual([])
    expect(tokens).toBeGreaterThan(6000)
  })
})

function expectNothingFound(report: AttackReport, tokens: number): void {
  expect(report.findings, formatAttackReport(report)).toEqual([])
  expect(report.verdicts.length).toBeGreaterThan(tokens)
  expect(report.counts.valid.run).toBeGreaterThan(0)
}
