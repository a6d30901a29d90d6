import { ConformanceError } from '../expect.js'
import { printToConsole } from '../settings.js'
import type { AttackCase } from './attack-case.js'
import { type AttackNotRun, type AttackVerdict, toAttackReport } from './attack-report.js'
import { type AttackRound, createAttackers, createAttackRound } from './attack-round.js'
import { formatAttackReport } from './format-attack-report.js'
import type { VerifierConformanceOptions } from './options.js'
import { toAttackSettings } from './settings.js'

/**
 * Registers every attack on a verifier of JWTs as a test, and every valid token that it must accept. At the end the
 * report is printed.
 * @throws {TypeError} when an option makes no sense
 * @example
 * ```ts
 * import { after, describe, it } from 'node:test'
 * import { verifierConformance } from '@authcore/conformance'
 * import { importKey, verifyJwt } from '@authcore/core/jwt'
 *
 * verifierConformance({
 *   runner: { describe, it, afterAll: after },
 *   name: 'my verifier',
 *   algorithms: ['ES256', 'HS256'],
 *   issuer: 'https://issuer.example.com',
 *   audience: 'https://api.example.com',
 *   createVerifier: async ({ algorithm, key, issuer, audience, typ, clock }) => {
 *     const imported = await importKey(key, { algorithm })
 *     return token => verifyJwt(token, imported, { issuer, audience, algorithms: [algorithm], typ, clock })
 *   },
 * })
 * ```
 */
export function verifierConformance(options: VerifierConformanceOptions): void {
  const settings = toAttackSettings(options)
  const { runner, failOn = 'strictness', print = printToConsole } = options
  const { name, algorithms, timeoutMs } = settings
  const attackerFor = createAttackers()
  const verdicts: AttackVerdict[] = []
  const notRun: AttackNotRun[] = []

  const registerCase = (round: AttackRound, attack: AttackCase): void => {
    const test = async () => {
      const verdict = await round.run(attack)
      if (!('outcome' in verdict)) {
        notRun.push(verdict)
        return
      }
      verdicts.push(verdict)
      if (verdict.isFinding && (attack.level !== 'strictness' || failOn === 'strictness'))
        throw toError(verdict)
    }
    // keys are made in the first test; beyond that the kit ends what hangs
    runner.it(`${attack.id}: ${attack.title}`, test, timeoutMs + PREPARATION_MS)
  }
  runner.describe(name, () => {
    for (const algorithm of algorithms) {
      const round = createAttackRound(algorithm, settings, attackerFor)
      notRun.push(...round.notRun)
      runner.describe(algorithm, () => {
        for (const attack of round.cases) registerCase(round, attack)
      })
    }
    runner.afterAll(() => print(formatAttackReport(toAttackReport(name, algorithms, verdicts, notRun))))
  })
}

const PREPARATION_MS = 60_000

function toError({ id, level, reason, outcome, detail }: AttackVerdict): ConformanceError {
  const said = detail === undefined ? outcome : `${outcome} (${detail})`
  const expected = level === 'valid' ? 'accepted' : 'refused'
  return new ConformanceError(`${level}: ${id}\n  ${reason}`, said, expected)
}
