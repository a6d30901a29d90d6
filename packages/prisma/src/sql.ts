/** What may be bound to a statement. */
export type SqlValue = string | bigint | null

/** A piece of a statement: its constant text, and the values that stand in the gaps. */
export interface Sql {
  readonly strings: readonly string[]
  readonly values: readonly SqlValue[]
}

/**
 * Composes a statement of constant text and other pieces. There is no way to put a value into the text: one becomes a
 * piece by {@link bind} only, so by the functions that check and encode it.
 */
export function sql(template: TemplateStringsArray, ...pieces: readonly Sql[]): Sql {
  const [first = '', ...rest] = template
  const strings = [first]
  const values: SqlValue[] = []
  rest.forEach((text, index) => {
    const piece = pieces[index] ?? EMPTY
    const [head = '', ...tail] = piece.strings
    strings.push(`${strings.pop()}${head}`, ...tail)
    strings.push(`${strings.pop()}${text}`)
    values.push(...piece.values)
  })
  return { strings, values }
}

const EMPTY: Sql = { strings: [''], values: [] }

/** A piece that is one bound value. */
export function bind(value: SqlValue): Sql {
  return { strings: ['', ''], values: [value] }
}

/** The text in the form in which a tagged template receives it. */
export function toTemplate({ strings }: Sql): TemplateStringsArray {
  return Object.assign([...strings], { raw: strings })
}
