import { readFileSync } from 'node:fs'
import { ALGORITHMS } from '@authcore/core/jwt'
import { beforeAll, describe, expect, it } from 'vitest'
import { attackVerifier, formatAttackReport } from '../../../src/index.js'
import { createOwnVerifier, FRAME, isAuthError } from '../fixtures.js'
import { PEERS } from './peers.js'
import { type PeerTable, toMarkdown, toPeerFindings } from './table.js'

const README = new URL('../../../README.md', import.meta.url)
const isPrinting = process.env['MODE'] === 'peers'

describe('the attacks on other libraries', () => {
  let table: PeerTable = {}

  beforeAll(async () => {
    for (const { version, ...peer } of [...PEERS, OWN]) {
      const { name } = peer
      const report = await attackVerifier({ ...FRAME, ...peer })
      table = { ...table, [name]: toPeerFindings(report, version) }
      if (isPrinting) console.log(`${formatAttackReport(report)}\n`)
    }
    if (isPrinting) console.log(toMarkdown(table))
  }, 600_000)

  it('find no forgery that is accepted, and no valid token that is refused', () => {
    for (const { findings, faults } of Object.values(table)) {
      expect([findings.forgery, findings.valid, faults]).toEqual([{}, {}, []])
    }
  })

  it('find nothing on ours', () => {
    expect(table[OWN.name]?.findings.strictness).toEqual({})
  })

  it('find on each what is on record', async () => {
    await expect(`${JSON.stringify(table, null, 2)}\n`).toMatchFileSnapshot('peers.json')
  })

  it('find what the README shows', async () => {
    const readme = readFileSync(README, 'utf8')
    const shown = readme.replace(
      /(<!-- peers: .*-->\n)[\s\S]*?(\n<!-- end of peers -->)/,
      (_, start: string, end: string) => `${start}${toMarkdown(table)}${end}`,
    )
    expect(shown).toContain(toMarkdown(table))
    await expect(shown).toMatchFileSnapshot(README.pathname)
  })
})

const OWN = {
  name: '@authcore/core',
  version: undefined,
  algorithms: ALGORITHMS,
  createVerifier: createOwnVerifier,
  isRefusal: isAuthError,
} as const
