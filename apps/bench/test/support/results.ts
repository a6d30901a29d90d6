import type { GroupResult } from '../../src/harness/run-group.js'
import type { Results } from '../../src/report/results.js'

/** A group in which `authcore` takes 1.25 times the CPU time of `floor` and twice its time on the wall. */
export function createGroup(members: Partial<GroupResult> = {}): GroupResult {
  return {
    id: 'verify',
    title: 'Verify <a token>',
    notes: ['As a server gets them.'],
    clock: 'cpu',
    subjects: [
      {
        name: 'floor',
        cpu: [4000, 8000, 4000],
        wall: [5000, 9000, 5000],
        bytesPerOperation: 2048,
        figures: {},
      },
      { name: 'authcore', cpu: [5000, 10_000, 5000], wall: [10_000, 18_000, 10_000], figures: { writes: 0 } },
      { name: 'slow', cpu: [9e6, 9e6, 9e6], wall: [9e6, 9e6, 9e6], figures: {} },
    ],
    ...members,
  }
}

export function createResults(members: Partial<Results> = {}): Results {
  return {
    startedAt: '2030-01-01T00:00:00.000Z',
    durationSeconds: 61.4,
    mode: 'full',
    machine: { node: '20.0.0', cpu: 'A processor', cores: 2, system: 'Linux', load: 1.5 },
    groups: [createGroup()],
    figures: [{ id: 'size', title: 'Size of it', value: 11.5, unit: 'kB', note: 'gzip' }],
    skipped: [],
    ...members,
  }
}
