import type { StoreName } from './options.js'
import type { Settings } from './settings.js'
import { COUNTED, createSection, type SectionCounts, type TestCounts } from './test-counts.js'

const WIDTH = 12

/** The report as text: what was tested and how often, and what the back end promised. */
export function formatReport({ name, capabilities, counts, only }: Settings): string {
  const sections = [...counts.sections].filter(([section]) => section !== 'isolation')
  const total = sum([...counts.sections.values()])
  const isolated = counts.sections.get('isolation')
  return [
    `Conformance of ${name}: ${total.passed} passed, ${total.failed} failed`,
    row('', ['tests', 'failed', 'races', 'commands', 'histories', 'faults']),
    ...sections.map(([section, each]) => row(section, cells(each))),
    row('total', cells(total)),
    'Guarantees:',
    guarantee(isolated?.failed === 0 && isolated.passed > 0, 'every instance stands alone'),
    ...only.flatMap(store => guarantees(store, counts)),
    ...moreGuarantees(counts),
    ...describeRoundTrips(counts),
    'Capabilities:',
    `  a session that ends counts as revoked ${capabilities.sharedSessionRevocation ? 'in the same step' : 'by its entry alone'}`,
    `  faults of the server: ${(capabilities.serverFaults ?? []).join(', ') || 'none injected'}`,
    `  expired records are deleted by ${describeSweeps(capabilities.sweeps)}`,
  ].join('\n')
}

const GUARANTEES: Readonly<Record<StoreName, string>> = {
  sessions: 'a refresh token has at most one live successor, and revocation wins every race',
  apiKeys: 'uses never exceed their number, and no write undoes a disabled or revoked key',
  signingKeys: 'of many writers exactly one wins',
  revocations: 'a revocation stays, with its latest instant, until its expiry',
  oneTime: 'a value is taken once, and a reservation has one holder',
  rateLimits: 'exactly the limit passes, to the millisecond',
  documents: 'of many writers on one version exactly one wins, and a list names what there is',
}

function guarantees(store: StoreName, { sections, leftOut }: TestCounts): readonly string[] {
  const section = sections.get(store)
  if (section === undefined && leftOut.has(store))
    return [`  absent  ${store}: createStores() brings no such store, so its tests were left out`]
  return [guarantee(section?.failed === 0 && section.passed > 0, `${store}: ${GUARANTEES[store]}`)]
}

const MORE_GUARANTEES = {
  roundTrips: 'what is malformed is refused before any round trip',
  endToEnd: 'AuthCore on these stores: a lost answer signs nobody out and raises no alarm, under every fault',
} as const

/** Of the sections that not every back end has. */
function moreGuarantees({ sections }: TestCounts): readonly string[] {
  return (['roundTrips', 'endToEnd'] as const).flatMap(name => {
    const section = sections.get(name)
    return section === undefined ? [] : [guarantee(section.failed === 0, MORE_GUARANTEES[name])]
  })
}

function guarantee(isKept: boolean, text: string): string {
  return `  ${isKept ? 'kept  ' : 'BROKEN'}  ${text}`
}

function describeRoundTrips({ roundTrips }: TestCounts): readonly string[] {
  if (roundTrips.size === 0) return []
  const methods = [...roundTrips].map(([method, spent]) => `${method} ${spent}`)
  return ['Round trips of one call:', `  ${methods.join(', ')}`]
}

function describeSweeps(sweeps: Settings['capabilities']['sweeps']): string {
  if (typeof sweeps === 'boolean') return sweeps ? 'sweep()' : 'the database'
  const own = Object.entries(sweeps).flatMap(([store, isSweeping]) => (isSweeping ? [store] : []))
  return own.length === 0 ? 'the database' : `sweep() for ${own.join(', ')}, else by the database`
}

function cells({ passed, failed, races, commands, histories, faults }: SectionCounts): readonly string[] {
  return [passed + failed, failed, races, commands, histories, faults].map(String)
}

function row(title: string, columns: readonly string[]): string {
  return `  ${title.padEnd(WIDTH)}${columns.map(column => column.padStart(WIDTH)).join('')}`.trimEnd()
}

function sum(sections: readonly Readonly<SectionCounts>[]): SectionCounts {
  const total = createSection()
  for (const section of sections) {
    for (const name of [...COUNTED, 'passed', 'failed'] as const) total[name] += section[name]
  }
  return total
}
