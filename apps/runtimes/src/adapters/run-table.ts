import {
  type AdapterApplication,
  type AdapterServer,
  adapterConformance,
  fetchServer,
  type WireAnswer,
} from '@authcore/conformance'
import { type Check, type CheckResult, runChecks } from '../check.js'

/** An adapter that takes requests of the runtime. */
export interface FetchAdapter {
  readonly name: string
  /** Builds the application of the table. */
  readonly build: (application: AdapterApplication) => (request: Request) => Response | Promise<Response>
  readonly parsesBodies: boolean
  /** Rows that mean nothing to it, each with the reason. */
  readonly leaveOut: Readonly<Record<string, string>>
}

/** What the table of requests came to through one adapter. */
export interface AdapterRun {
  readonly adapter: string
  /** One for each row that is judged. */
  readonly rows: readonly CheckResult[]
  /** Reasons by the name of the row. */
  readonly leftOut: Readonly<Record<string, string>>
  /** Whether a `Response` of this runtime carries cookies: on a page it does not (Fetch, "forbidden response-header"). */
  readonly answersCarryCookies: boolean
  /** By the name of the row: its answers, in a form that is the same in every runtime. */
  readonly answers: Readonly<Record<string, string>>
}

/**
 * Sends every row of the table of `@authcore/conformance` through an adapter and keeps what comes back.
 *
 * @param uncarried rows that requests of this runtime cannot carry, each with the reason: they are sent, because those
 *   behind them find what they leave, and not judged
 */
export async function runTable(
  adapter: FetchAdapter,
  uncarried: Readonly<Record<string, string>>,
): Promise<AdapterRun> {
  const exchanges = new Map<string, Promise<readonly WireAnswer[]>[]>()
  let current = ''
  const tests = collectTests(adapter, answers => {
    exchanges.set(current, [...(exchanges.get(current) ?? []), answers])
  })
  const results = await runChecks(
    tests.map(({ name, run }) => ({
      name,
      run: () => {
        current = name
        return run()
      },
    })),
  )
  const answers: Record<string, string> = {}
  for (const [name, all] of exchanges)
    answers[name] = (await Promise.all(all)).flat().map(showAnswer).join('')
  return {
    adapter: adapter.name,
    rows: results.filter(({ name }) => !(name in uncarried)),
    leftOut: { ...adapter.leaveOut, ...uncarried },
    answersCarryCookies: new Response('', { headers: { 'set-cookie': 'a=b' } }).headers.has('set-cookie'),
    answers,
  }
}

/** The tests that the kit has for an adapter. */
function collectTests(
  { name, build, parsesBodies, leaveOut }: FetchAdapter,
  hear: (answers: Promise<readonly WireAnswer[]>) => void,
): readonly Check[] {
  const tests: Check[] = []
  adapterConformance({
    runner: {
      describe: (_name, body) => body(),
      it: (title, run) => tests.push({ name: title, run }),
      afterAll: () => {},
    },
    name,
    protocol: 'fetch',
    parsesBodies,
    leaveOut,
    createServer: application => overhear(fetchServer(build(application)), hear),
  })
  return tests
}

function overhear(
  server: AdapterServer,
  hear: (answers: Promise<readonly WireAnswer[]>) => void,
): AdapterServer {
  return {
    ...server,
    exchange: requests => {
      const answers = server.exchange(requests)
      hear(answers)
      return answers
    },
  }
}

/** One answer as text. Signing keys are new in every run, so what follows from them alone is blotted out. */
function showAnswer({ status, headers, body }: WireAnswer): string {
  const fields = Object.entries(headers).sort(([left], [right]) => (left < right ? -1 : 1))
  const lines = fields.map(([name, values]) => `${name}: ${values.join(' | ')}\n`)
  return `${status}\n${lines.join('')}\n${body}\n`
    .replace(/eyJ[\w-]+\.(eyJ[\w-]+)\.[\w-]+/g, (_token, payload: string) => {
      return `HEADER.${decodeText(payload)}.SIGNATURE`
    })
    .replace(/\brt_([\w-]+)/g, (token, content: string) => {
      // the tag, its last 16 bytes, covers the key that the token is bound to
      return decodeText(content).includes('"jkt"') ? `rt_${decodeText(content).slice(0, -16)}TAG` : token
    })
    .replace(/"(kid|x|jkt)":"[\w-]+"/g, '"$1":"OF THE KEY"')
}

/** Base64url as one character a byte. */
function decodeText(encoded: string): string {
  return atob(encoded.replace(/-/g, '+').replace(/_/g, '/'))
}
