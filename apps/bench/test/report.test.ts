import { describe, expect, test } from 'vitest'
import { type Goal, judgeGoals } from '../src/report/goals.js'
import { formatTime, isOurs, writeReport } from '../src/report/markdown.js'
import { drawBars, escapeXml } from '../src/report/svg.js'
import { createGroup, createResults } from './support/results.js'

const MISSED: Goal = {
  id: 'one',
  text: 'Verify: times the floor',
  value: { kind: 'time-ratio', group: 'verify', subject: 'authcore', of: ['floor'] },
  atMost: 1.1,
  limit: 'the floor is low.',
}

describe('the report', () => {
  const files = writeReport(createResults(), judgeGoals([MISSED], createResults()))
  const report = files['REPORT.md'] ?? ''

  test('has a plot for each group', () => {
    expect(Object.keys(files).sort()).toEqual(['REPORT.md', 'verify.svg'])
    expect(report).toContain('![Verify <a token>](verify.svg)')
  })

  test('says what a goal came to, and why it was missed', () => {
    expect(report).toContain('| Verify: times the floor | ≤ 1.1 | 1.25 | missed |')
    expect(report).toContain('- Verify: times the floor: the floor is low.')
  })

  test('has a row for each subject, with the ratio to the first', () => {
    expect(report).toContain('| floor | 4 µs | 50 % | 5 µs | 2 KiB | 1 |')
    expect(report).toContain('| **authcore** | 5 µs | 50 % | 10 µs |  | 1.25 |')
  })

  test('says where and how it was measured', () => {
    expect(report).toContain(
      'A full run of 61 s, 2030-01-01T00:00:00.000Z: Node 20.0.0, A processor, 2 cores',
    )
    expect(report).toContain('| Size of it | 11.5 kB | gzip |')
    expect(report).toContain('- As a server gets them.')
  })

  test('ends with what was not measured', () => {
    const { 'REPORT.md': text = '' } = writeReport(
      createResults({ figures: [], skipped: ['redis: away'] }),
      [],
    )
    expect(text).toContain('## Not measured\n\n- redis: away\n')
    expect(text).not.toContain('## Figures')
  })

  test('a group on the clock of the wall says so', () => {
    const group = createGroup({ clock: 'wall' })
    const { 'REPORT.md': text = '' } = writeReport(createResults({ groups: [group] }), [])
    expect(text).toContain('| | time | spread | CPU | allocated | relative to floor |')
    expect(text).toContain('| **authcore** | 10 µs | 40 % | 5 µs |  | 2 |')
  })

  test('a group of nobody has a table without rows', () => {
    const group = createGroup({ subjects: [] })
    expect(() => writeReport(createResults({ groups: [group] }), [])).not.toThrow()
  })
})

test.each([
  [12.34, '12.3 ns'],
  [1234, '1.23 µs'],
  [1.5e6, '1.5 ms'],
])('%s nanoseconds read as %s', (nanoseconds, text) => {
  expect(formatTime(nanoseconds)).toBe(text)
})

test('only this project is ours', () => {
  expect(isOurs('authcore, cached')).toBe(true)
  expect(isOurs('jose')).toBe(false)
})

describe('plots', () => {
  const bar = { label: 'jose <6>', value: 10, low: 8, high: 12, text: '10 µs', isOurs: false }

  test('hold no markup of a label', () => {
    const svg = drawBars('A & B', 'µs', [bar])
    expect(svg).toContain('jose &lt;6&gt;')
    expect(svg).toContain('A &amp; B')
    expect(svg).not.toContain('<6>')
  })

  test('the longest bar fits, and our own stands out', () => {
    const svg = drawBars('A', 'µs', [bar, { ...bar, label: 'authcore', value: 5, high: 6, isOurs: true }])
    expect(svg).toContain('fill="#0a7d4b"')
    const widths = [...svg.matchAll(/<rect x="250" y="\d+" width="([\d.]+)"/g)].map(match => Number(match[1]))
    expect(widths).toHaveLength(2)
    expect(Math.max(...widths)).toBeLessThanOrEqual(400)
  })

  test('nothing to draw is no error', () => {
    expect(drawBars('A', 'µs', [])).toContain('</svg>')
  })

  test('quotes are escaped, too', () => {
    expect(escapeXml('"&"')).toBe('&quot;&amp;&quot;')
  })
})
