import type { Sample } from './measure.js'
import type { Group, Preparation } from './operation.js'
import { rotate } from './statistics.js'
import { type SubjectClient, startSubject } from './subject-client.js'

/** How long a group is measured. */
export interface Pace {
  readonly rounds: number
  /** Time spent inside of one subject's operations per round. */
  readonly sliceMilliseconds: number
  readonly warmUpMilliseconds: number
  /** About how long a batch takes: long enough that the clock does not show, and for servers that its end does not. */
  readonly batchMilliseconds: number
}

/** What one subject came to. */
export interface SubjectResult {
  readonly name: string
  /** Nanoseconds per operation, one per round; round by round comparable with the other subjects of the group. */
  readonly wall: readonly number[]
  readonly cpu: readonly number[]
  readonly bytesPerOperation?: number
  readonly figures: Readonly<Record<string, number>>
}

/** What a group came to. */
export interface GroupResult {
  readonly id: string
  readonly title: string
  readonly notes: readonly string[]
  readonly clock: 'cpu' | 'wall'
  readonly subjects: readonly SubjectResult[]
}

/**
 * Runs all subjects of a group side by side, each in its process, in small slices whose order rotates. While one is
 * measured the others wait.
 */
export async function runGroup(
  group: Group,
  pace: Pace,
  { place, onProgress }: Preparation,
): Promise<GroupResult> {
  const clients: SubjectClient[] = []
  try {
    for (const subject of group.subjects) {
      onProgress(`${group.id}: starting ${subject.name}`)
      const client = await startSubject(group.id, subject, {
        place,
        onProgress: text => onProgress(`${group.id}: ${subject.name}, ${text}`),
      })
      clients.push(client)
      await client.warmUp(pace.warmUpMilliseconds, pace.batchMilliseconds)
    }
    const samples = new Map(clients.map(client => [client.name, [] as Sample[]]))
    for (let round = 0; round < pace.rounds; round++) {
      onProgress(`${group.id}: round ${round + 1} of ${pace.rounds}`)
      for (const client of rotate(clients, round)) {
        samples.get(client.name)?.push(await client.measure(pace.sliceMilliseconds))
      }
    }
    const subjects: SubjectResult[] = []
    for (const client of clients) {
      const bytes = group.skipsAllocation === true ? undefined : await client.measureAllocation()
      subjects.push({
        name: client.name,
        wall: (samples.get(client.name) ?? []).map(({ wall }) => wall),
        cpu: (samples.get(client.name) ?? []).map(({ cpu }) => cpu),
        ...(bytes !== undefined && { bytesPerOperation: bytes }),
        figures: await client.close(),
      })
    }
    const { id, title, notes = [], clock = 'cpu' } = group
    return { id, title, notes, clock, subjects }
  } finally {
    for (const client of clients) client.kill()
  }
}
