/**
 * Writes JSON in one line where it fits, else with one member a line.
 * @param width for a line with its indent, in characters
 * @param indent of each line but the first
 */
export function formatJson(value: unknown, width: number, indent: string): string {
  const line = JSON.stringify(value) ?? 'undefined'
  if (indent.length + line.length <= width || typeof value !== 'object' || value === null) return line
  const deeper = `${indent}  `
  const members = Array.isArray(value)
    ? value.map((item: unknown) => formatJson(item, width, deeper))
    : Object.entries(value).map(([name, member]) => `"${name}": ${formatJson(member, width, deeper)}`)
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  return `${open}\n${deeper}${members.join(`,\n${deeper}`)}\n${indent}${close}`
}
