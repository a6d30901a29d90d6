import { ConformanceError, expect } from '../expect.js'
import type { AdapterRequest } from './adapter-request.js'
import type { AdapterServer } from './adapter-server.js'
import { type AdapterApplication, createApplication } from './application.js'
import { type AdapterCredentials, fillIn, issueCredentials } from './credentials.js'
import { type HeldDeployment, openDeployments } from './deployments.js'
import { createExpectedAnswers, type ExpectedAnswers, type RequestConnection } from './expected-answer.js'
import type { TableGroup } from './table-group.js'
import type { WireAnswer, WireRequest } from './wire.js'

/** An application that listens. `Sender` is what a row says of who sends it. */
export interface BenchTarget<Sender> {
  /** How requests of this sender get there, and what there is to be known of its connection. */
  connect(sender: Sender): {
    readonly server: Pick<AdapterServer, 'exchange' | 'abort'>
    readonly connection: RequestConnection
  }
  close(): void | Promise<void>
}

/** What is tested, and by which rows. */
export interface BenchOptions<Sender> {
  /** What the application has beside its basic routes. */
  readonly groups: readonly TableGroup[]
  /** Requests that are sent all at once; they name credentials of the basic rows. */
  readonly crowd: readonly (WireRequest & Sender)[]
  readonly parsesBodies: boolean
  /** Builds and serves the application; called once. */
  open(application: AdapterApplication): Promise<BenchTarget<Sender>>
}

/** An adapter beside what it is compared to, `@authcore/http` alone. */
export interface Bench<Sender> {
  check(row: AdapterRequest & Sender): Promise<void>
  /** What one of many callers may must not rub off on another. */
  checkCrowd(): Promise<void>
  close(): Promise<void>
}

/** Both sides, in the same state at the beginning of every row. */
interface Pair<Sender> {
  readonly deployments: readonly HeldDeployment[]
  readonly target: BenchTarget<Sender>
  readonly expected: ExpectedAnswers
  /** Issues what a row of that name has in braces. */
  issue(name: string, deployment: HeldDeployment): Promise<AdapterCredentials>
}

/** Makes a bench; nothing is served before the first row. */
export function createBench<Sender>(options: BenchOptions<Sender>): Bench<Sender> {
  let opened: Promise<Pair<Sender>> | undefined
  const open = (): Promise<Pair<Sender>> => {
    opened ??= openPair(options)
    return opened
  }
  return {
    check: async row => checkRow(await open(), row),
    checkCrowd: async () => checkCrowd(await open(), options.crowd),
    close: async () => {
      const pair = await opened
      await pair?.target.close()
    },
  }
}

async function openPair<Sender>({ groups, parsesBodies, open }: BenchOptions<Sender>): Promise<Pair<Sender>> {
  const deployments = await openDeployments()
  const [own, other] = deployments.map(deployment =>
    createApplication(
      deployment.auth,
      groups.map(group => group.build(deployment)),
    ),
  )
  if (own === undefined || other === undefined) throw new TypeError('Two deployments are needed.')
  const groupsByRow = new Map(groups.flatMap(group => group.rows().map(({ name }) => [name, group])))
  return {
    deployments,
    target: await open(own),
    expected: createExpectedAnswers(other, parsesBodies),
    // rows of a group name what the group issues, all others what `issueCredentials` does
    issue: (name, deployment) => (groupsByRow.get(name)?.issue ?? issueCredentials)(deployment),
  }
}

async function checkRow<Sender>(pair: Pair<Sender>, row: AdapterRequest & Sender): Promise<void> {
  const { deployments, target, expected } = pair
  const credentials = await begin(pair, row.name)
  const { server, connection } = target.connect(row)
  const requests = [...(row.before ?? []), row].map(request => fillInRequest(request, credentials))
  if (row.isAborted === true) await server.abort(fillInRequest(row, credentials))
  for (const deployment of deployments) deployment.setStoresUp(row.isOutage !== true)
  try {
    const actual = await server.exchange(requests)
    const wanted = await expected.ofAll(requests, connection)
    expectRow(row, wanted.at(-1))
    expect(actual).toEqual(wanted)
    expectNoEcho(actual, requests.at(-1), credentials)
  } finally {
    for (const deployment of deployments) deployment.setStoresUp(true)
  }
}

async function checkCrowd<Sender>(
  pair: Pair<Sender>,
  crowd: readonly (WireRequest & Sender)[],
): Promise<void> {
  const credentials = await begin(pair, 'crowd')
  const all = crowd.map(sent => ({
    request: fillInRequest(sent, credentials),
    ...pair.target.connect(sent),
  }))
  const actual = await Promise.all(all.map(({ request, server }) => server.exchange([request])))
  const wanted: WireAnswer[] = []
  for (const { request, connection } of all)
    wanted.push(...(await pair.expected.ofAll([request], connection)))
  expect(actual.flat()).toEqual(wanted)
}

/** Issues the credentials of a row on both sides: the same texts. */
async function begin<Sender>(
  { deployments, issue }: Pair<Sender>,
  name: string,
): Promise<AdapterCredentials> {
  const issued: AdapterCredentials[] = []
  for (const deployment of deployments) {
    // a row before may have come to no end
    deployment.setStoresUp(true)
    deployment.seed(name)
    // what is issued in the instant of a revocation bears a later one, so no row may begin in that of another
    deployment.advance(1)
    issued.push(await issue(name, deployment))
  }
  const [own = {}, other] = issued
  expect(own).toEqual(other)
  return own
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
