const LONGEST_UNIT = 8

/**
 * True for one short unit over and over (`abcabcabcabcabc`) and for steps of one (`abcdefghijklmno`, `9876543210`):
 * they belong to every list of common passwords, at every length.
 * @param text in canonical form
 */
export function isPredictable(text: string): boolean {
  const characters = Array.from(text)
  return isRepetition(characters) || isRun(characters)
}

function isRepetition(characters: readonly string[]): boolean {
  const longest = Math.min(LONGEST_UNIT, Math.floor(characters.length / 2))
  return Array.from({ length: longest }, (_, index) => index + 1).some(unit =>
    characters.every((character, index) => index < unit || character === characters[index - unit]),
  )
}

/** Digits go round: after 9 comes 0. */
function isRun(characters: readonly string[]): boolean {
  const steps = characters.slice(1).map((character, index) => stepBetween(characters[index] ?? '', character))
  const [first] = steps
  return (first === 1 || first === -1) && steps.every(step => step === first)
}

function stepBetween(from: string, to: string): number {
  if (from === '9' && to === '0') return 1
  if (from === '0' && to === '9') return -1
  return (to.codePointAt(0) ?? 0) - (from.codePointAt(0) ?? 0)
}
