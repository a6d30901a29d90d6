/**
 * Breaks text at spaces into lines; words that are longer than a line stay whole.
 * @param width of a line with its indent, in characters
 * @param indent of each line but the first
 * @param start where the first line begins, behind what is there already; at the indent unless told
 */
export function wrapText(text: string, width: number, indent: string, start: number = indent.length): string {
  let written = ''
  let column = start
  for (const word of text.split(' ')) {
    const fits = column + 1 + word.length <= width
    const separator = written === '' ? '' : fits ? ' ' : `\n${indent}`
    column = fits ? column + separator.length + word.length : indent.length + word.length
    written += separator + word
  }
  return written
}
