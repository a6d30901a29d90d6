/** One bar: a median and the middle half of its samples. */
export interface Bar {
  readonly label: string
  readonly value: number
  readonly low: number
  readonly high: number
  /** What stands behind the bar. */
  readonly text: string
  readonly isOurs: boolean
}

const WIDTH = 820
const LABELS = 250
const TEXTS = 170
const ROW = 26
const TOP = 44

/**
 * Draws horizontal bars, for the README and the report: no script, no font of its own, readable on light and dark.
 * @param bars the longest one fills the width
 */
export function drawBars(title: string, unit: string, bars: readonly Bar[]): string {
  const largest = Math.max(...bars.map(({ value, high }) => Math.max(value, high)), Number.MIN_VALUE)
  const scale = (WIDTH - LABELS - TEXTS) / largest
  const height = TOP + bars.length * ROW + 12
  const rows = bars.map((bar, index) => drawBar(bar, TOP + index * ROW, scale))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="${escapeXml(title)}">`,
    `<rect width="100%" height="100%" rx="6" fill="#ffffff"/>`,
    `<text x="14" y="24" font-size="15" font-weight="600" fill="#1f2328">${escapeXml(title)}</text>`,
    `<text x="${WIDTH - 14}" y="24" text-anchor="end" fill="#59636e">${escapeXml(unit)}</text>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n')
}

/** Makes text safe inside of XML. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

function drawBar({ label, value, low, high, text, isOurs }: Bar, y: number, scale: number): string {
  const middle = y + ROW / 2
  const end = LABELS + value * scale
  return [
    `<text x="${LABELS - 8}" y="${middle + 4}" text-anchor="end" fill="#1f2328"${isOurs ? ' font-weight="600"' : ''}>${escapeXml(label)}</text>`,
    `<rect x="${LABELS}" y="${y + 4}" width="${round(Math.max(1, value * scale))}" height="${ROW - 8}" rx="2" fill="${isOurs ? '#0a7d4b' : '#9aa4af'}"/>`,
    `<line x1="${round(LABELS + low * scale)}" x2="${round(LABELS + high * scale)}" y1="${middle}" y2="${middle}" stroke="#1f2328"/>`,
    `<text x="${round(Math.max(end, LABELS + high * scale) + 8)}" y="${middle + 4}" fill="#59636e">${escapeXml(text)}</text>`,
  ].join('\n')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
