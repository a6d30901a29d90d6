import type { FactorContext } from '../factor-context.js'
import type { VerifyProof } from '../verified-proof.js'
import { parseRecoveryCode, RECOVERY_CODE_BYTES, toRecoveryCode } from './recovery-code-text.js'

/** Codes to write down, for whoever has lost everything else. */
export interface RecoveryCodes {
  /** Replaces all codes of an account. @returns the codes, shown this once */
  generate(subject: string): Promise<readonly string[]>
  readonly verify: VerifyProof
}

/** Prepares them. Only hashes are kept. */
export function createRecoveryCodes({ host, settings, records }: FactorContext): RecoveryCodes {
  const box = host.secretBox('mfa.recovery')
  const hashOf = (subject: string, code: string): string => box.hash(JSON.stringify([subject, code]))
  return Object.freeze({
    generate: async subject => {
      const codes = Array.from({ length: settings.recoveryCodes.count }, () =>
        toRecoveryCode(host.random(RECOVERY_CODE_BYTES)),
      )
      const recoveryCodes = codes.map(code => hashOf(subject, code.replaceAll('-', '')))
      await records.change(subject, record => ({ ...record, recoveryCodes }))
      host.emit('factor.recovery_codes_generated', { subject, count: codes.length })
      return Object.freeze(codes)
    },
    verify: async ({ subject, proof }) => {
      const code = parseRecoveryCode(proof.get('code'))
      if (code === undefined) return undefined
      const hash = hashOf(subject, code)
      const changed = await records.change(subject, record => {
        if (!record.recoveryCodes.includes(hash)) return undefined
        return { ...record, recoveryCodes: record.recoveryCodes.filter(other => other !== hash) }
      })
      return changed && { amr: ['otp'], remaining: changed.recoveryCodes.length }
    },
  } satisfies RecoveryCodes)
}
