import type { AttackNotRun, AttackReport, AttackVerdict } from './attack-report.js'
import { toAttackReport } from './attack-report.js'
import { createAttackers, createAttackRound } from './attack-round.js'
import type { AttackVerifierOptions } from './options.js'
import { toAttackSettings } from './settings.js'

/**
 * Shows every attack to a verifier, one after the other, and says what it made of them. No test runner is needed.
 * @returns the report, also when the verifier let everything through
 * @throws {TypeError} when an option makes no sense, or no valid token can be made
 * @example
 * ```ts
 * import { attackVerifier, formatAttackReport } from '@authcore/conformance'
 * import { importKey, verifyJwt } from '@authcore/core/jwt'
 *
 * const report = await attackVerifier({
 *   name: 'my verifier',
 *   algorithms: ['ES256'],
 *   issuer: 'https://issuer.example.com',
 *   audience: 'https://api.example.com',
 *   createVerifier: async ({ algorithm, key, issuer, audience, typ, clock }) => {
 *     const imported = await importKey(key, { algorithm })
 *     return token => verifyJwt(token, imported, { issuer, audience, algorithms: [algorithm], typ, clock })
 *   },
 * })
 * console.log(formatAttackReport(report))
 * ```
 */
export async function attackVerifier(options: AttackVerifierOptions): Promise<AttackReport> {
  const settings = toAttackSettings(options)
  const attackerFor = createAttackers()
  const verdicts: AttackVerdict[] = []
  const notRun: AttackNotRun[] = []
  for (const algorithm of settings.algorithms) {
    const round = createAttackRound(algorithm, settings, attackerFor)
    notRun.push(...round.notRun)
    for (const attack of round.cases) {
      const verdict = await round.run(attack)
      if ('outcome' in verdict) verdicts.push(verdict)
      else notRun.push(verdict)
    }
  }
  return toAttackReport(settings.name, settings.algorithms, verdicts, notRun)
}
