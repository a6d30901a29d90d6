/** Something with an expiry; `position` belongs to the heap. */
export interface HeapItem {
  /** Epoch milliseconds, or `Infinity`. */
  expiresAt: number
  position: number
}

/** Knows which item expires first. Every change costs the logarithm of the size. */
export class ExpiryHeap<Item extends HeapItem> {
  readonly #items: Item[] = []

  /** The item that expires first. */
  first(): Item | undefined {
    return this.#items[0]
  }

  add(item: Item): void {
    this.#place(item, this.#items.length)
    this.#moveUp(item)
  }

  /** Puts an item where it belongs after its `expiresAt` changed. */
  reorder(item: Item): void {
    this.#moveUp(item)
    this.#moveDown(item)
  }

  delete(item: Item): void {
    const last = this.#items.pop()
    if (last === undefined || last === item) return
    this.#place(last, item.position)
    this.reorder(last)
  }

  #moveUp(item: Item): void {
    for (;;) {
      const parent = this.#items[(item.position - 1) >> 1]
      if (parent === undefined || parent.expiresAt <= item.expiresAt) return
      this.#swap(parent, item)
    }
  }

  #moveDown(item: Item): void {
    for (;;) {
      const child = this.#earlierChild(item)
      if (child === undefined || item.expiresAt <= child.expiresAt) return
      this.#swap(item, child)
    }
  }

  #earlierChild(item: Item): Item | undefined {
    const left = this.#items[item.position * 2 + 1]
    const right = this.#items[item.position * 2 + 2]
    if (left === undefined || right === undefined) return left
    return right.expiresAt < left.expiresAt ? right : left
  }

  #swap(one: Item, other: Item): void {
    const position = one.position
    this.#place(one, other.position)
    this.#place(other, position)
  }

  #place(item: Item, position: number): void {
    this.#items[position] = item
    item.position = position
  }
}
