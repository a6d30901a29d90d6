import { generateKeyPairSync } from 'node:crypto'
import { importKey, type Jwk, verifyJwt } from '@authcore/core/jwt'
import { describe, expect, it } from 'vitest'
import {
  type AttackVerifierOptions,
  attackVerifier,
  formatAttackReport,
  type VerifierConformanceOptions,
  verifierConformance,
} from '../../src/index.js'
import { createOwnVerifier, FRAME } from './fixtures.js'

const frame = { ...FRAME, name: 'mine', algorithms: ['ES256'] as const }

function generateJwk(kid?: string): Jwk {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  // an exported JWK of this type is made of strings
  const jwk = privateKey.export({ format: 'jwk' }) as unknown as Jwk
  return { ...jwk, alg: 'ES256', ...(kid !== undefined && { kid }) }
}

async function verifyUnder({ d, ...publicJwk }: Jwk) {
  const { issuer, audience, clock } = FRAME
  const options = { issuer, audience, clock, algorithms: frame.algorithms, typ: 'at+jwt' }
  const imported = await importKey(publicJwk)
  return (token: string) => verifyJwt(token, imported, options)
}

/** Runs the registered tests without a runner. */
async function run(options: Omit<VerifierConformanceOptions, 'runner'>) {
  const tests: { readonly name: string; readonly test: () => Promise<void> }[] = []
  const hooks: (() => void | Promise<void>)[] = []
  const runner: VerifierConformanceOptions['runner'] = {
    describe: (_, body) => body(),
    it: (name, test) => tests.push({ name, test }),
    afterAll: hook => hooks.push(hook),
  }
  // the options are one of two kinds, which a rest of them cannot say
  verifierConformance({ ...options, runner } as VerifierConformanceOptions)
  const failures = new Map<string, Error>()
  for (const { name, test } of tests) await test().catch((error: Error) => failures.set(name, error))
  for (const hook of hooks) await hook()
  return { tests, failures }
}

describe('verifierConformance', () => {
  it('has one test for each case, and prints the report', async () => {
    const reports: string[] = []
    const { tests, failures } = await run({
      ...frame,
      createVerifier: createOwnVerifier,
      print: report => reports.push(report),
    })
    expect(failures.size).toBe(0)
    expect(reports).toHaveLength(1)
    expect(reports[0]).toContain(
      `Attacks on mine: ${tests.length} tokens of ${tests.length} cases under ES256; 0`,
    )
    expect(reports[0]).toContain('Forgeries that were not refused: none')
  })

  it('fails for each finding, with its reason', async () => {
    const { failures } = await run({ ...frame, createVerifier: () => () => {}, print: () => {} })
    const failure = failures.get('alg-none/none: alg none, empty signature')
    expect(failure?.message).toContain('forgery: alg-none/none')
    expect(failure?.message).toContain('RFC 8725 section 3.2')
    expect(failure).toMatchObject({ actual: 'accepted', expected: 'refused' })
    expect([...failures.keys()].some(name => name.startsWith('crit/'))).toBe(true)
    expect([...failures.keys()].some(name => name.startsWith('valid/'))).toBe(false)
  })

  it('leaves what is lenient to the report, if told so', async () => {
    const reports: string[] = []
    const { failures } = await run({
      ...frame,
      createVerifier: () => () => {},
      failOn: 'forgery',
      print: report => reports.push(report),
    })
    expect([...failures.keys()].some(name => name.startsWith('crit/'))).toBe(false)
    expect(failures.has('alg-none/none: alg none, empty signature')).toBe(true)
    expect(reports[0]).toContain('  crit/unknown: ')
  })

  it('leaves out what is excluded, and says why', async () => {
    const reports: string[] = []
    const { tests } = await run({
      ...frame,
      createVerifier: createOwnVerifier,
      exclude: { 'iat/text': 'iat is not looked at' },
      print: report => reports.push(report),
    })
    expect(tests.some(({ name }) => name.startsWith('iat/text:'))).toBe(false)
    expect(reports[0]).toContain('1 cases: excluded: iat is not looked at (iat/text)')
  })

  it('counts what cannot be sent as not run', async () => {
    const { TokenNotSendableError } = await import('../../src/index.js')
    const reports: string[] = []
    const { failures } = await run({
      ...frame,
      createVerifier: async material => {
        const verify = await createOwnVerifier(material)
        return token => {
          if (token.includes('\n')) throw new TokenNotSendableError('one line only')
          return verify(token)
        }
      },
      print: report => reports.push(report),
    })
    expect(failures.size).toBe(0)
    expect(reports[0]).toContain('cases: one line only')
  })
})

describe('a verifier that runs already', () => {
  it('is attacked with private JWKs', async () => {
    const jwk = generateJwk('k1')
    const report = await attackVerifier({ ...frame, verify: await verifyUnder(jwk), keys: [jwk] })
    expect(report.findings).toEqual([])
    expect(report.counts.valid).toEqual({ run: 18, wrong: 0, faults: 0 })
    expect(report.notRun).toEqual([])
  })

  it('is attacked with objects that sign', async () => {
    const jwk = generateJwk()
    const key = await importKey(jwk)
    if (key.type === 'public') throw new Error('expected a private key')
    const { d, ...publicJwk } = jwk
    const verify = await verifyUnder(jwk)
    const report = await attackVerifier({ ...frame, verify, keys: [key], publicJwks: { keys: [publicJwk] } })
    expect(report.findings).toEqual([])
    expect(report.verdicts.some(({ id }) => id === 'alg-confusion/pem')).toBe(true)
    const without = await attackVerifier({ ...frame, verify, keys: [key] })
    expect(without.notRun).toContainEqual({
      id: 'alg-confusion/pem',
      algorithm: 'ES256',
      reason: 'needs the public key: give publicJwks',
    })
    expect(formatAttackReport(without)).toContain('Not run:')
  })

  it('must be attacked with tokens that it could accept', async () => {
    const jwk = generateJwk('k1')
    const verify = await verifyUnder(jwk)
    const refusal = { ...frame, verify, sampleToken: () => 'no token' }
    await expect(attackVerifier(refusal)).rejects.toThrow('sampleToken returned what is no signed token.')
    await expect(attackVerifier({ ...frame, verify, keys: [] })).rejects.toThrow('keys holds none for ES256.')
  })

  it('is not shown another token where there is none', async () => {
    const signature = Buffer.from(Array.from({ length: 64 }, (_, index) => index + 1)).toString('base64url')
    const sample = `eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.${signature}`
    const verify = (token: string) => {
      if (token !== sample) throw new Error('refused')
    }
    const report = await attackVerifier({ ...frame, verify, sampleToken: () => sample })
    expect(report.findings).toEqual([])
    expect(report.notRun).toContainEqual({
      id: 'signature/of-another-token',
      algorithm: 'ES256',
      reason: 'no such token can be made',
    })
  })
})

describe('options', () => {
  const good = { ...frame, createVerifier: createOwnVerifier }
  const verify = () => {}
  it.each<readonly [string, object]>([
    ['issuer must be a text.', { ...good, issuer: '' }],
    ['audience must be a text.', { ...good, audience: ['a'] }],
    ['typ must be a text.', { ...good, typ: null }],
    ['algorithms must name', { ...good, algorithms: [] }],
    ['algorithms must name', { ...good, algorithms: ['none'] }],
    ['timeoutMs and clockToleranceSeconds', { ...good, timeoutMs: 0 }],
    ['timeoutMs and clockToleranceSeconds', { ...good, clockToleranceSeconds: -1 }],
    ['One of createVerifier and verify', { ...frame }],
    ['One of createVerifier and verify', { ...good, verify }],
    ['one of keys and sampleToken', { ...frame, verify }],
    ['one of keys and sampleToken', { ...frame, verify, keys: [], sampleToken: () => '' }],
    ['there is one algorithm', { ...frame, verify, sampleToken: () => '', algorithms: ['ES256', 'RS256'] }],
    ['exclude names a case that does not exist: x/y.', { ...good, exclude: { 'x/y': 'why' } }],
    ['exclude must give a reason for iat/text.', { ...good, exclude: { 'iat/text': ' ' } }],
  ])('are refused: %s', async (message, options) => {
    // what callers without a type checker get wrong
    const untyped = options as AttackVerifierOptions
    await expect(attackVerifier(untyped)).rejects.toThrow(TypeError)
    await expect(attackVerifier(untyped)).rejects.toThrow(message)
  })

  it('say what valid tokens look like', async () => {
    const tokens: string[] = []
    const report = await attackVerifier({
      ...frame,
      issuer: '12345',
      audience: 'API',
      typ: 'JWT',
      claims: { tenant: 'a', roles: ['x'] },
      createVerifier: async material => {
        const verify = await createOwnVerifier(material)
        return token => {
          tokens.push(token)
          return verify(token)
        }
      },
    })
    const [header = '', payload = ''] = tokens[0]?.split('.') ?? []
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'ES256',
      typ: 'JWT',
      kid: 'key-1',
    })
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      iss: '12345',
      aud: 'API',
      exp: 1_800_000_900,
      iat: 1_799_999_990,
      tenant: 'a',
      roles: ['x'],
    })
    expect(report.findings).toEqual([])
    expect(report.notRun).toEqual([
      { id: 'iss/other-case', algorithm: 'ES256', reason: 'the name has no letters' },
    ])
    expect(report.verdicts.some(({ id }) => id.startsWith('typ/'))).toBe(false)
  })

  it('forgive clocks that differ as much as they say', async () => {
    const { issuer, audience } = FRAME
    const report = await attackVerifier({
      ...frame,
      clockToleranceSeconds: 30,
      createVerifier: async ({ algorithm, key, typ, clock, clockToleranceSeconds }) => {
        const imported = await importKey(key, { algorithm })
        const options = { issuer, audience, algorithms: [algorithm], typ, clock, clockToleranceSeconds }
        return token => verifyJwt(token, imported, options)
      },
    })
    expect(report.findings).toEqual([])
  })
})
