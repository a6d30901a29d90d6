/** Shows where a long run is: one line that changes on a terminal, one line now and then elsewhere. */
export interface Progress {
  show(text: string): void
  /** Prints a line that stays. */
  print(text: string): void
}

const QUIET_MILLISECONDS = 10_000

/** Writes to standard error, so that standard output holds the outcome alone. */
export function createProgress(stream: NodeJS.WriteStream, clock: () => number): Progress {
  let shownAt = Number.NEGATIVE_INFINITY
  const clear = (): void => {
    if (stream.isTTY) stream.write('\r\u001b[K')
  }
  return {
    show(text) {
      if (stream.isTTY) {
        clear()
        stream.write(text.slice(0, (stream.columns ?? 80) - 1))
      } else if (clock() - shownAt >= QUIET_MILLISECONDS) {
        shownAt = clock()
        stream.write(`${text}\n`)
      }
    },
    print(text) {
      clear()
      stream.write(`${text}\n`)
    },
  }
}
