/** Text that is HTML already. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** Writes HTML; every value that is not `Html` itself is escaped, lists are joined. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(String.raw({ raw: parts }, ...values.map(toHtmlText)))
}

/** What can stand in a template. */
export type HtmlValue = string | number | Html | readonly Html[]

function toHtmlText(value: HtmlValue): string {
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map(({ text }) => text).join('\n')
  return String(value).replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
