import type { Row } from './run.js'

interface Counts {
  mutants: number
  accepted: number
  readonly peers: Map<string, number>
}

/** Counts verdicts by mutation and disagreements by class. */
export interface Summary {
  add(row: Row): void
  readonly mutants: number
  /** Tables for people. */
  print(): string
}

/** Starts with nothing counted. */
export function createSummary(): Summary {
  const byMutation = new Map<string, Counts>()
  const byClass = new Map<string, number>()
  let mutants = 0
  return {
    get mutants() {
      return mutants
    },
    add({ mutant, accepted, peers, classes }) {
      mutants++
      const counts = byMutation.get(mutant.mutation) ?? { mutants: 0, accepted: 0, peers: new Map() }
      byMutation.set(mutant.mutation, counts)
      counts.mutants++
      if (accepted) counts.accepted++
      for (const [name, isAccepted] of peers) if (isAccepted) increase(counts.peers, name)
      for (const name of classes) increase(byClass, name)
    },
    print() {
      const rows = [...byMutation]
        .sort(([left], [right]) => left.localeCompare(right))
        .map(([name, counts]) => [
          name,
          counts.mutants,
          counts.accepted,
          ...PEERS.map(peer => counts.peers.get(peer) ?? 0),
        ])
      const total = [1, 2, 3, 4, 5].map(column => rows.reduce((sum, row) => sum + Number(row[column]), 0))
      const classes = [...byClass].sort(([left], [right]) => left.localeCompare(right))
      return [
        'accepted, by mutation (text mutations that are accepted changed nothing):',
        ...table([['mutation', 'mutants', 'ours', ...PEERS], ...rows, ['all', ...total]]),
        '',
        'ours refuses what a peer accepts, by class:',
        ...table(classes),
      ].join('\n')
    },
  }
}

const PEERS = ['jose', 'fast-jwt', 'jsonwebtoken'] as const

function increase(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

function table(rows: readonly (readonly (string | number)[])[]): readonly string[] {
  return rows.map(([name = '', ...numbers]) =>
    `  ${String(name).padEnd(58)}${numbers.map(number => String(number).padStart(13)).join('')}`.trimEnd(),
  )
}
