import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './root.mjs'
import { checked } from './tally.mjs'
import { turbo } from './turbo.mjs'
import { readVitestReport } from './vitest-report.mjs'
import { workspacePackages } from './workspace-packages.mjs'

const TASKS = ['build', 'typecheck', 'test']
const SUMMARIES = join(ROOT, '.turbo/runs')

/**
 * Builds, type-checks and tests every package. Each task counts as one check, and so does every test in it: a task
 * also fails by coverage below the floor or by an error outside of a test.
 *
 * @returns {Promise<import('./tally.mjs').Entry[]>}
 */
export async function runPackageTasks() {
  const packages = workspacePackages()
  // what a cache restores goes beside what is there, and an old report would count again
  const leftovers = packages.flatMap(({ directory }) => [join(directory, 'dist'), join(directory, 'reports')])
  for (const path of [...leftovers, SUMMARIES]) rmSync(path, { recursive: true, force: true })

  const options = [
    '--continue=dependencies-successful',
    '--log-order=grouped',
    '--output-logs=new-only',
    '--summarize',
  ]
  const code = await turbo([...TASKS, ...options])

  const exitCodes = readExitCodes()
  const tasks = packages.flatMap(({ name, scripts }) =>
    TASKS.filter(task => scripts.includes(task)).map(task =>
      checked(`${name}: ${task}`, exitCodes.get(`${name}#${task}`) === 0),
    ),
  )
  const tests = packages
    .filter(({ scripts }) => scripts.includes('test'))
    .flatMap(({ directory, name }) => readVitestReport(join(directory, 'reports/vitest.json'), name))
  const isExplained = code === 0 || tasks.some(({ outcome }) => outcome === 'failed')
  return [...tasks, ...tests, ...(isExplained ? [] : [checked('turbo', false)])]
}

/** @returns {Map<string, number>} task, such as `@authcore/core#build`, to exit code */
function readExitCodes() {
  const [summary] = readSummaries()
  return new Map(
    (summary?.tasks ?? []).flatMap(({ taskId, execution }) =>
      execution ? [[taskId, execution.exitCode]] : [],
    ),
  )
}

/** @returns {{ tasks: { taskId: string, execution?: { exitCode: number } }[] }[]} */
function readSummaries() {
  try {
    return readdirSync(SUMMARIES).map(name => JSON.parse(readFileSync(join(SUMMARIES, name), 'utf8')))
  } catch {
    // turbo did not come as far as writing one: every task counts as failed
    return []
  }
}
