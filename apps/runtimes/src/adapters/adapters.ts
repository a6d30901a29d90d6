import { buildFetch } from './fetch-application.js'
import { buildHono } from './hono-application.js'
import { type AdapterRun, type FetchAdapter, runTable } from './run-table.js'
import { findUncarriedRows } from './uncarried-rows.js'

const ORDER = 'handlers get their principal from withAuth itself, so there is no order to get wrong'

const ADAPTERS: readonly FetchAdapter[] = [
  {
    name: 'Hono',
    build: application => {
      const app = buildHono(application)
      return request => app.fetch(request)
    },
    parsesBodies: true,
    leaveOut: {},
  },
  {
    name: 'withAuth and authFetchHandler',
    build: buildFetch,
    parsesBodies: false,
    leaveOut: {
      'requireScope: without requireAuth': ORDER,
      'requireRole: without requireAuth': ORDER,
    },
  },
]

/** Sends the table of requests through both halves of `@authcore/hono`, with `Request` and `Response` of the runtime. */
export async function runAdapters(): Promise<readonly AdapterRun[]> {
  const runs: AdapterRun[] = []
  for (const adapter of ADAPTERS) runs.push(await runTable(adapter, findUncarriedRows()))
  return runs
}
