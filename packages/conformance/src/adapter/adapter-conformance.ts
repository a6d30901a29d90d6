import { ConformanceError, expect } from '../expect.js'
import type { TestRunner } from '../runner.js'
import { printToConsole } from '../settings.js'
import type { AdapterRequest } from './adapter-request.js'
import { adapterRequests } from './adapter-requests.js'
import type { AdapterServer } from './adapter-server.js'
import { type AdapterApplication, createApplication } from './application.js'
import { type AdapterCredentials, fillIn, issueCredentials } from './credentials.js'
import { type HeldDeployment, openDeployments } from './deployments.js'
import { createExpectedAnswers, type ExpectedAnswers } from './expected-answer.js'
import { type AdapterReport, formatAdapterReport } from './format-adapter-report.js'
import { TABLE_GROUPS } from './groups/table-groups.js'
import type { TableGroup } from './table-group.js'
import type { WireAnswer, WireRequest } from './wire.js'

/** Which adapter is tested, and how. */
export interface AdapterConformanceOptions {
  readonly runner: TestRunner
  /** How the adapter is called in the names of tests and in the report. */
  readonly name: string
  /** Builds the application with the adapter and its framework, and serves it; called once. */
  readonly createServer: (application: AdapterApplication) => AdapterServer | Promise<AdapterServer>
  /** How requests get there: that of the server. */
  readonly protocol: AdapterServer['protocol']
  /** Whether bodies come parsed to `authRoutes` where body parsers of the framework stand before; `false` unless told. */
  readonly parsesBodies?: boolean
  /** Rows that the framework answers before the adapter is asked, by name, each with the reason; the report says so. */
  readonly leaveOut?: Readonly<Record<string, string>>
  /** Gets the report at the end; `console.log` unless told. */
  readonly print?: (report: string) => void
}

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
  const { runner, name, protocol, leaveOut = {}, print = printToConsole } = options
  assertNames(leaveOut)
  const bench = createBench(options)
  const report: AdapterReport = {
    name,
    protocol,
    passed: 0,
    failed: 0,
    leftOut: new Map(Object.entries(leaveOut)),
  }
  const test = (title: string, check: () => Promise<void>): unknown =>
    runner.it(title, async () => {
      try {
        await check()
        report.passed += 1
      } catch (error) {
        report.failed += 1
        throw error
      }
    })
  runner.describe(`${name} over ${protocol}`, () => {
    for (const row of adapterRequests) {
      if (report.leftOut.has(row.name)) continue
      if (row.protocols?.includes(protocol) === false) report.leftOut.set(row.name, `not for ${protocol}`)
      else test(row.name, () => bench.check(row))
    }
    test('many callers at once: each is who they are', () => bench.checkCrowd())
    runner.afterAll(async () => {
      await bench.close()
      print(formatAdapterReport(report))
    })
  })
}

interface Bench {
  check(row: AdapterRequest): Promise<void>
  checkCrowd(): Promise<void>
  close(): Promise<void>
}

/** An adapter beside what it is compared to, both in the same state at the beginning of every row. */
interface Pair {
  readonly deployments: readonly HeldDeployment[]
  readonly server: AdapterServer
  readonly expected: ExpectedAnswers
}

function createBench(options: AdapterConformanceOptions): Bench {
  let opened: Promise<Pair> | undefined
  const open = (): Promise<Pair> => {
    opened ??= openPair(options)
    return opened
  }
  return {
    check: async row => checkRow(await open(), row),
    checkCrowd: async () => checkCrowd(await open()),
    close: async () => {
      const pair = await opened
      await pair?.server.close()
    },
  }
}

async function openPair({ createServer, parsesBodies = false }: AdapterConformanceOptions): Promise<Pair> {
  const deployments = await openDeployments()
  const [own, other] = deployments.map(deployment =>
    createApplication(
      deployment.auth,
      TABLE_GROUPS.map(group => group.build(deployment)),
    ),
  )
  if (own === undefined || other === undefined) throw new TypeError('Two deployments are needed.')
  return {
    deployments,
    server: await createServer(own),
    expected: createExpectedAnswers(other, parsesBodies),
  }
}

async function checkRow({ deployments, server, expected }: Pair, row: AdapterRequest): Promise<void> {
  const credentials = await begin(deployments, row.name)
  const requests = [...(row.before ?? []), row].map(request => fillInRequest(request, credentials))
  if (row.isAborted === true) await server.abort(fillInRequest(row, credentials))
  for (const deployment of deployments) deployment.setStoresUp(row.isOutage !== true)
  try {
    const actual = await server.exchange(requests)
    const wanted = await expected.ofAll(requests)
    expectRow(row, wanted.at(-1))
    expect(actual).toEqual(wanted)
    expectNoEcho(actual, requests.at(-1), credentials)
  } finally {
    for (const deployment of deployments) deployment.setStoresUp(true)
  }
}

/** Every kind of caller, ten times, all at once: what one of them may must not rub off on another. */
async function checkCrowd({ deployments, server, expected }: Pair): Promise<void> {
  const credentials = await begin(deployments, 'crowd')
  const texts = ['{token}', '{weakToken}', '{bareToken}', '{apiKey}', 'x', undefined]
  const requests = Array.from({ length: 60 }, (_, index) => {
    const text = texts[index % texts.length]
    const lines = text === undefined ? [] : [`Authorization: Bearer ${fillIn(text, credentials)}`]
    return { path: '/either', lines }
  })
  const actual = await Promise.all(requests.map(request => server.exchange([request])))
  expect(actual.flat()).toEqual(await expected.ofAll(requests))
}

/** Issues the credentials of a row on both sides: the same texts. */
async function begin(deployments: readonly HeldDeployment[], name: string): Promise<AdapterCredentials> {
  const issued: AdapterCredentials[] = []
  for (const deployment of deployments) {
    // a row before may have come to no end
    deployment.setStoresUp(true)
    deployment.seed(name)
    // what is issued in the instant of a revocation bears a later one, so no row may begin in that of another
    deployment.advance(1)
    issued.push(await issueFor(name, deployment))
  }
  const [own = {}, other] = issued
  expect(own).toEqual(other)
  return own
}

const GROUPS_BY_ROW: ReadonlyMap<string, TableGroup> = new Map(
  TABLE_GROUPS.flatMap(group => group.rows().map(({ name }) => [name, group])),
)

/** Rows of a group name what the group issues, all others what `issueCredentials` does. */
function issueFor(name: string, deployment: HeldDeployment): Promise<AdapterCredentials> {
  return (GROUPS_BY_ROW.get(name)?.issue ?? issueCredentials)(deployment)
}

function fillInRequest(request: WireRequest, credentials: AdapterCredentials): WireRequest {
  const { method, path, lines, body, isChunked } = request
  return {
    path: fillIn(path, credentials),
    ...(method !== undefined && { method }),
    ...(lines !== undefined && { lines: lines.map(line => fillIn(line, credentials)) }),
    ...(body !== undefined && { body: fillIn(body, credentials) }),
    ...(isChunked !== undefined && { isChunked }),
  }
}

/** The table and `@authcore/http` must agree before an adapter is measured by either. */
function expectRow({ status, code, answer }: AdapterRequest, wanted: WireAnswer | undefined): void {
  expect(wanted?.status).toEqual(status)
  if (answer !== undefined) expect(wanted?.body).toEqual(answer)
  if (code !== undefined && !wanted?.body.includes(`"code":"${code}"`)) {
    throw new ConformanceError('The problem has another code.', wanted?.body, code)
  }
}

/** What somebody sent as a credential comes back to nobody. */
function expectNoEcho(
  answers: readonly WireAnswer[],
  request: WireRequest | undefined,
  credentials: AdapterCredentials,
): void {
  const sent = JSON.stringify(request)
  const secrets = Object.entries(credentials).filter(
    ([name, text]) => !name.endsWith('Id') && sent.includes(text),
  )
  const text = JSON.stringify(answers)
  for (const [name, secret] of secrets) {
    if (text.includes(secret)) throw new ConformanceError('A credential came back.', name, 'nothing of it')
  }
}

function assertNames(leaveOut: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(leaveOut).find(name => !adapterRequests.some(row => row.name === name))
  if (unknown !== undefined) throw new TypeError(`"leaveOut" names a row that does not exist: ${unknown}.`)
}
