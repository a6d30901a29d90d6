import { runAdapters } from './adapters/adapters.js'
import type { AdapterRun } from './adapters/run-table.js'
import { type Check, type CheckResult, runChecks } from './check.js'
import { apiKeyChecks } from './checks/api-keys.js'
import { httpChecks } from './checks/http.js'
import { jwtChecks } from './checks/jwt.js'
import { passkeyChecks } from './checks/passkeys.js'
import { type Backend, passwordChecks } from './checks/passwords.js'
import { remoteJwkSetChecks } from './checks/remote-jwk-set.js'
import { revocationChecks } from './checks/revocation.js'
import { secondFactorChecks } from './checks/second-factors.js'
import { sessionChecks } from './checks/sessions.js'
import { type VectorFile, vectorChecks } from './checks/vectors.js'
import { type Corpus, judgeCorpus } from './corpus.js'
import { type IssuedToken, issueTokens, verifyIssued } from './issued-token.js'

/** What a runtime is given. */
export interface SuiteInput {
  /** The code that its packages should choose. */
  readonly backend: Backend
  readonly corpus: Corpus
  readonly vectors: readonly VectorFile[]
  /** Tokens of other runtimes. */
  readonly foreign: readonly IssuedToken[]
}

/** What it answers. */
export interface SuiteOutput {
  readonly checks: readonly CheckResult[]
  readonly adapters: readonly AdapterRun[]
  /** On the corpus. */
  readonly verdicts: readonly string[]
  /** On the foreign tokens. */
  readonly foreignVerdicts: readonly string[]
}

const CHECKS: readonly Check[] = [
  ...jwtChecks,
  ...sessionChecks,
  ...apiKeyChecks,
  ...revocationChecks,
  ...remoteJwkSetChecks,
  ...httpChecks,
  ...secondFactorChecks,
  ...passkeyChecks,
]

/**
 * Runs everything; the same functions in every runtime, without a test runner.
 * @param ofHost what holds in this kind of runtime only
 */
async function runSuite(
  { backend, corpus, vectors, foreign }: SuiteInput,
  ofHost: readonly Check[] = [],
): Promise<SuiteOutput> {
  const checks = [...CHECKS, ...passwordChecks(backend), ...vectorChecks(vectors), ...ofHost]
  return {
    checks: await runChecks(checks),
    adapters: await runAdapters(),
    verdicts: await judgeCorpus(corpus),
    foreignVerdicts: await Promise.all(foreign.map(verifyIssued)),
  }
}

/** What a runtime can be asked to do. */
export const tasks = { issueTokens, runSuite } as const

/** Does one of them; input and result are JSON. */
export async function runTask(
  name: string,
  input: SuiteInput,
  ofHost: readonly Check[] = [],
): Promise<unknown> {
  if (name === 'issueTokens') return issueTokens()
  if (name === 'runSuite') return runSuite(input, ofHost)
  throw new TypeError(`There is no task "${name}".`)
}
