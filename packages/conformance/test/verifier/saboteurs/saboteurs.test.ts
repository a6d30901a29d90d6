import type { Algorithm } from '@authcore/core/jwt'
import { describe, expect, it } from 'vitest'
import { attackVerifier, formatAttackReport, verifyOverHttp } from '../../../src/index.js'
import { createOwnVerifier, FRAME, isAuthError, serve } from '../fixtures.js'
import { VERIFIER_SABOTEURS } from './saboteurs.js'

const algorithms: readonly Algorithm[] = ['ES256', 'HS256']
const frame = { ...FRAME, name: 'broken', algorithms }

describe('a broken verifier is found', () => {
  it.each(VERIFIER_SABOTEURS.map(saboteur => [saboteur.name, saboteur] as const))(
    'that %s',
    async (_, { createVerifier, finds }) => {
      const report = await attackVerifier({ ...frame, createVerifier })
      const found = report.findings.map(({ id }) => id)
      expect(found).toEqual(expect.arrayContaining([...finds]))
      for (const id of finds) expect(formatAttackReport(report)).toContain(`  ${id}: `)
    },
  )

  it('that hangs', async () => {
    // the time is over as soon as it is asked for; whoever answers at once is faster all the same
    const startTimer = (_: number, onEnd: () => void) => {
      setImmediate(onEnd)
      return () => {}
    }
    const report = await attackVerifier({
      ...frame,
      algorithms: ['HS256'],
      startTimer,
      createVerifier: () => token => {
        if (token.length > 100_000) return new Promise(() => {})
        throw new Error('refused')
      },
    })
    const faults = report.findings.filter(({ outcome }) => outcome === 'fault')
    expect(faults.map(({ id }) => id)).toEqual(['structure/long', 'structure/long-payload'])
    expect(faults[0]?.detail).toBe('no answer in 10000 ms')
  })

  it.each([
    ['throws what is no Error', () => Promise.reject('refused'), 'threw what is no Error: string'],
    ['returns false', () => false, 'returned false; a refusal must throw'],
  ])('that %s', async (_, verify, detail) => {
    const report = await attackVerifier({ ...frame, createVerifier: () => verify })
    expect(new Set(report.findings.map(finding => finding.detail))).toEqual(new Set([detail]))
    expect(report.counts.forgery.faults).toBe(report.counts.forgery.run)
    expect(formatAttackReport(report)).toContain(`(${detail})`)
  })

  it('that crashes where it should refuse', async () => {
    const report = await attackVerifier({
      ...frame,
      isRefusal: isAuthError,
      createVerifier: async material => {
        const verify = await createOwnVerifier(material)
        return token =>
          token.split('.')[2] === undefined ? Reflect.get(Object(undefined), 'x').y : verify(token)
      },
    })
    expect(report.findings.map(({ id }) => id)).toContain('structure/one-part')
    expect(report.findings.every(({ outcome }) => outcome === 'fault')).toBe(true)
    expect(report.findings[0]?.detail).toMatch(/^TypeError: /)
  })

  it('that answers with a status of its own', async () => {
    const statuses = new Map([
      ['none', 500],
      ['HS256', 403],
      ['RS256', 302],
    ])
    const { url, close } = await serve((request, response) => {
      const [, token = ''] = (request.headers.authorization ?? '').split(' ')
      const text = Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()
      const alg = /"alg":"(\w+)"/.exec(text)?.[1] ?? ''
      response.writeHead(statuses.get(alg) ?? 401).end()
    })
    const report = await attackVerifier({
      ...frame,
      algorithms: ['ES256'],
      createVerifier: () => verifyOverHttp({ url }),
    })
    close()
    const details = new Map(report.findings.map(({ id, detail }) => [id, detail]))
    expect(details.get('alg-none/none')).toBe('status 500')
    expect(details.get('alg-confusion/pem')).toBe('status 403')
    expect(details.get('alg-renamed/rs256')).toBe('status 302')
    expect(details.get('valid/plain')).toBe('TokenRefusedError: refused with status 401')
  })
})
