import { readFileSync } from 'node:fs'
import type { Algorithm } from '@authcore/core/jwt'
import { describe, expect, it } from 'vitest'
import { ATTACK_CASES, attackVerifier } from '../../src/index.js'
import { FRAME } from './fixtures.js'
import { createLenientVerifier } from './genuine.js'

const ALGORITHMS: readonly Algorithm[] = ['HS256', 'RS256', 'PS384', 'ES256', 'ES512', 'EdDSA']

/** Groups of forgeries that the issuer did sign: their claims say that they are for another place or time. */
const SIGNED_FORGERIES = ['exp', 'nbf', 'iss', 'aud']

describe('the cases', () => {
  it('have ids of their own, titles and reasons, and are plain data', () => {
    expect(new Set(ATTACK_CASES.map(({ id }) => id)).size).toBe(ATTACK_CASES.length)
    for (const { id, title, reason } of ATTACK_CASES) {
      expect(id).toMatch(/^[a-z0-9-]+\/[a-zA-Z0-9_-]+$/)
      expect(title.length).toBeGreaterThan(2)
      expect(reason).toMatch(/^(RFC|FIPS) \d/)
    }
    expect(JSON.parse(JSON.stringify(ATTACK_CASES))).toEqual(ATTACK_CASES)
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    expect(readme).toContain(`${ATTACK_CASES.length} cases, each a recipe`)
  })

  it.each(ALGORITHMS)(
    '%s: hold what the issuer signed where they say so, and nothing of it elsewhere',
    async algorithm => {
      const report = await attackVerifier({
        ...FRAME,
        name: 'lenient',
        algorithms: [algorithm],
        createVerifier: createLenientVerifier,
      })
      const wrong = report.verdicts.flatMap(({ id, level, outcome }) => {
        const isSigned = level !== 'forgery' || SIGNED_FORGERIES.includes(id.slice(0, id.indexOf('/')))
        return (outcome === 'accepted') === isSigned ? [] : [`${id} ${outcome}`]
      })
      expect(wrong).toEqual([])
      expect(report.notRun.length).toBeLessThan(3)
    },
  )
})
