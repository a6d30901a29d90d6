import { type Check, type CheckResult, runChecks } from './check.js'
import { apiKeyChecks } from './checks/api-keys.js'
import { httpChecks } from './checks/http.js'
import { jwtChecks } from './checks/jwt.js'
import { remoteJwkSetChecks } from './checks/remote-jwk-set.js'
import { revocationChecks } from './checks/revocation.js'
import { sessionChecks } from './checks/sessions.js'
import { type VectorFile, vectorChecks } from './checks/vectors.js'
import { type Corpus, judgeCorpus } from './corpus.js'
import { type Issued, type IssuedToken, issueTokens, verifyIssued } from './issued-token.js'

/** What a runtime is given. */
export interface SuiteInput {
  readonly corpus: Corpus
  readonly vectors: readonly VectorFile[]
  /** Tokens of other runtimes. */
  readonly foreign: readonly IssuedToken[]
}

/** What it answers. */
export interface SuiteOutput {
  readonly checks: readonly CheckResult[]
  readonly issued: readonly Issued[]
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
]

/** Runs everything; the same functions in every runtime, without a test runner. */
export async function runSuite({ corpus, vectors, foreign }: SuiteInput): Promise<SuiteOutput> {
  return {
    checks: await runChecks([...CHECKS, ...vectorChecks(vectors)]),
    issued: await issueTokens(),
    verdicts: await judgeCorpus(corpus),
    foreignVerdicts: await Promise.all(foreign.map(verifyIssued)),
  }
}
