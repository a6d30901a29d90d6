/** What a piece of output is, for the eye. */
export type PaintRole = 'heading' | 'faint' | 'good' | 'bad'

/** Marks a piece of output for what it is. */
export type Paint = (role: PaintRole, text: string) => string

const CODES = { heading: '1', faint: '2', good: '32', bad: '1;31' } as const

/** Colours for terminals; anything else gets the text as it is. */
export function createPaint(isColored: boolean): Paint {
  return isColored ? (role, text) => `\u001b[${CODES[role]}m${text}\u001b[0m` : (_role, text) => text
}
