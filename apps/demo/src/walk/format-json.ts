import { wrapText } from './wrap-text.js'

/** Where a value stands. */
export interface JsonPlace {
  /** Of a line with its indent, in characters. */
  readonly width: number
  /** Of each line but the first. */
  readonly indent: string
  /** Where the first line begins, in characters; at the indent unless told. */
  readonly start?: number
}

/**
 * Writes JSON in one line where it fits; else what is flat in as few lines as it needs, and what is nested with one
 * member a line.
 */
export function formatJson(value: unknown, place: JsonPlace): string {
  const { width, indent, start = indent.length } = place
  const line = JSON.stringify(value) ?? 'undefined'
  if (typeof value !== 'object' || value === null || start + line.length <= width) return line
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  if (Object.values(value).every(isPlain)) return wrapMembers(value, [open, close], place)
  const deeper = `${indent}  `
  const members = Object.entries(value).map(([name, member]) => {
    const label = labelOf(value, name)
    return label + formatJson(member, { width, indent: deeper, start: deeper.length + label.length })
  })
  return `${open}\n${deeper}${members.join(`,\n${deeper}`)}\n${indent}${close}`
}

/** Lines break between members only: spaces inside of them are kept out of the way meanwhile. */
function wrapMembers(value: object, [open, close]: readonly string[], place: JsonPlace): string {
  const { width, indent, start } = place
  const members = Object.entries(value).map(([name, member]) =>
    `${labelOf(value, name)}${JSON.stringify(member)}`.replaceAll(' ', GLUE),
  )
  const text = `${open}${members.join(', ')}${close}`
  return wrapText(text, width, `${indent} `, start).replaceAll(GLUE, ' ')
}

const MAX_PLAIN_LENGTH = 40

const GLUE = '\u0000'

function labelOf(parent: object, name: string): string {
  return Array.isArray(parent) ? '' : `"${name}": `
}

/** Short lists read like words. */
function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null || JSON.stringify(value).length <= MAX_PLAIN_LENGTH
}
