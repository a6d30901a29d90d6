import { adapterRequests } from './adapter-requests.js'
import type { AdapterServer } from './adapter-server.js'
import type { AdapterApplication } from './application.js'
import { ADAPTER_CLIENT } from './deployments.js'
import { TABLE_GROUPS } from './groups/table-groups.js'
import { registerTable, type TableOptions } from './register-table.js'
import { createBench } from './table-bench.js'
import type { WireRequest } from './wire.js'

/** Which adapter is tested, and how. */
export interface AdapterConformanceOptions extends TableOptions {
  /** Builds the application with the adapter and its framework, and serves it; called once. */
  readonly createServer: (application: AdapterApplication) => AdapterServer | Promise<AdapterServer>
  /** Whether bodies come parsed to `authRoutes` where body parsers of the framework stand before; `false` unless told. */
  readonly parsesBodies?: boolean
}

/** There is nothing to be told of who sends a row: everybody connects in the same way. */
type Anybody = object

/** What a server sees of everybody. */
const CONNECTION = { ...ADAPTER_CLIENT, isEncrypted: false } as const

/**
 * Registers one test for every row of `adapterRequests` with a test runner: the request goes to the adapter, and the
 * same request to `@authcore/http` alone, on a deployment in the same state. Status, header fields and body of both
 * must be equal, byte for byte, but for fields that belong to the connection (`WireAnswer`).
 *
 * @throws {TypeError} when `leaveOut` names a row that does not exist
 * @example
 * import { httpServer } from '@authcore/conformance/node'
 *
 * adapterConformance({
 *   runner: { describe, it, afterAll },
 *   name: 'my framework',
 *   protocol: 'http/1.1',
 *   createServer: async application => httpServer(await listen(application)),
 * })
 */
export function adapterConformance(options: AdapterConformanceOptions): void {
  const { createServer, parsesBodies = false } = options
  const bench = createBench<Anybody>({
    groups: TABLE_GROUPS,
    crowd: createCrowd(),
    parsesBodies,
    async open(application) {
      const server = await createServer(application)
      return { connect: () => ({ server, connection: CONNECTION }), close: () => server.close() }
    },
  })
  registerTable(options, { rows: adapterRequests, bench })
}

/** Every kind of caller, ten times. */
function createCrowd(): readonly WireRequest[] {
  const texts = ['{token}', '{weakToken}', '{bareToken}', '{apiKey}', 'x', undefined]
  return Array.from({ length: 60 }, (_, index) => {
    const text = texts[index % texts.length]
    const lines = text === undefined ? [] : [`Authorization: Bearer ${text}`]
    return { path: '/either', lines }
  })
}
