/** What an index needs of a record; neither part ever changes. */
export interface IndexedRecord {
  readonly id: string
  /** Epoch milliseconds. */
  readonly createdAt: number
}

type Chunk = IndexedRecord[]

// a group of a million is 4,000 chunks: moving up members within a chunk, or chunks, takes about a microsecond
const MAX_CHUNK_LENGTH = 512

/** The ids of records by group (subject, owner), in the order of their creation. */
export class NewestFirstIndex {
  // oldest first, so that the usual addition is at the end; no chunk is empty
  readonly #groups = new Map<string, Chunk[]>()

  add(group: string, { id, createdAt }: IndexedRecord): void {
    // not the record itself: that would keep its first version alive
    const member = { id, createdAt }
    const chunks = this.#groups.get(group)
    if (chunks === undefined) this.#groups.set(group, [[member]])
    else addMember(chunks, member)
  }

  delete(group: string, record: IndexedRecord): void {
    const chunks = this.#groups.get(group)
    if (chunks === undefined) return
    deleteMember(chunks, record)
    if (chunks.length === 0) this.#groups.delete(group)
  }

  /** The ids of a group, newest first, those of one instant by id. The group must not change meanwhile. */
  *ids(group: string): Generator<string> {
    const chunks = this.#groups.get(group) ?? []
    for (const chunk of backwards(chunks)) {
      for (const { id } of backwards(chunk)) yield id
    }
  }
}

function addMember(chunks: Chunk[], member: IndexedRecord): void {
  const position = findChunk(chunks, member)
  const chunk = chunks[position]
  if (chunk === undefined) return
  const place = findPartition(chunk, other => isBefore(other, member))
  chunk.splice(place, 0, member)
  if (chunk.length <= MAX_CHUNK_LENGTH) return
  // usually the newest chunk overflows at its end: a new one of one member leaves the old one full
  const kept = place === MAX_CHUNK_LENGTH ? MAX_CHUNK_LENGTH : MAX_CHUNK_LENGTH / 2
  chunks.splice(position + 1, 0, chunk.splice(kept))
}

function deleteMember(chunks: Chunk[], record: IndexedRecord): void {
  const position = findChunk(chunks, record)
  const chunk = chunks[position]
  if (chunk === undefined) return
  const place = findPartition(chunk, other => isBefore(other, record))
  if (chunk[place]?.id === record.id) chunk.splice(place, 1)
  if (chunk.length === 0) chunks.splice(position, 1)
}

/** The chunk where the record stands or belongs: the last that begins no later than the record, or the first. */
function findChunk(chunks: readonly Chunk[], record: IndexedRecord): number {
  const begun = findPartition(chunks, ([first]) => first !== undefined && !isBefore(record, first))
  return Math.max(0, begun - 1)
}

/** How many items at the beginning satisfy a condition that none after them does. */
function findPartition<Item>(items: readonly Item[], isInFront: (item: Item) => boolean): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    const item = items[middle]
    if (item !== undefined && isInFront(item)) low = middle + 1
    else high = middle
  }
  return low
}

function isBefore(one: IndexedRecord, other: IndexedRecord): boolean {
  return one.createdAt === other.createdAt ? one.id > other.id : one.createdAt < other.createdAt
}

function* backwards<Item>(items: readonly Item[]): Generator<Item> {
  for (let position = items.length - 1; position >= 0; position -= 1) {
    const item = items[position]
    if (item !== undefined) yield item
  }
}
