/** What an index needs of a record; neither part ever changes. */
export interface IndexedRecord {
  readonly id: string
  /** Epoch milliseconds. */
  readonly createdAt: number
}

/** The ids of records by group (subject, owner), in the order of their creation. */
export class NewestFirstIndex {
  // oldest first, so that the usual addition is at the end
  readonly #groups = new Map<string, IndexedRecord[]>()

  add(group: string, { id, createdAt }: IndexedRecord): void {
    const members = this.#groups.get(group)
    // not the record itself: that would keep its first version alive
    const member = { id, createdAt }
    if (members === undefined) this.#groups.set(group, [member])
    else members.splice(findPosition(members, member), 0, member)
  }

  delete(group: string, record: IndexedRecord): void {
    const members = this.#groups.get(group)
    if (members === undefined) return
    const position = findPosition(members, record)
    if (members[position]?.id === record.id) members.splice(position, 1)
    if (members.length === 0) this.#groups.delete(group)
  }

  /** The ids of a group, newest first, those of one instant by id. */
  *ids(group: string): Generator<string> {
    const members = this.#groups.get(group) ?? []
    for (let position = members.length - 1; position >= 0; position -= 1) {
      const member = members[position]
      if (member !== undefined) yield member.id
    }
  }
}

function findPosition(members: readonly IndexedRecord[], record: IndexedRecord): number {
  let low = 0
  let high = members.length
  while (low < high) {
    const middle = (low + high) >> 1
    const member = members[middle]
    if (member !== undefined && isBefore(member, record)) low = middle + 1
    else high = middle
  }
  return low
}

function isBefore(one: IndexedRecord, other: IndexedRecord): boolean {
  return one.createdAt === other.createdAt ? one.id > other.id : one.createdAt < other.createdAt
}
