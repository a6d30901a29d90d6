/** What a list is gathered from where one command cannot reach all of it. */
export interface NewestSource<Item> {
  /** The members of an index by rank, both ends included. */
  members(first: number, last: number): Promise<readonly string[]>
  /** What a member names, unless it is not to be seen. */
  find(member: string): Promise<Item | undefined>
}

interface Dated {
  readonly id: string
  readonly createdAt: number
}

const BATCH = 100

/** Gathers the newest items: one command for a batch of names, then one for each name, all at once. */
export async function collectNewest<Item extends Dated>(
  limit: number,
  source: NewestSource<Item>,
): Promise<readonly Item[]> {
  const found: Item[] = []
  for (let first = 0; found.length < limit; first += BATCH) {
    const members = await source.members(first, first + BATCH - 1)
    const items = await Promise.all(members.map(member => source.find(member)))
    found.push(...items.filter(item => item !== undefined))
    if (members.length < BATCH) break
  }
  return found.sort(newestFirst).slice(0, limit)
}

/** Calls for each item, a hundred at once. */
export async function mapInBatches<Item, Result>(
  items: readonly Item[],
  call: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  for (let first = 0; first < items.length; first += BATCH) {
    results.push(...(await Promise.all(items.slice(first, first + BATCH).map(call))))
  }
  return results
}

/** The order of every list: `createdAt` descending, then `id` ascending. */
export function newestFirst(one: Dated, other: Dated): number {
  return other.createdAt - one.createdAt || (one.id < other.id ? -1 : 1)
}
