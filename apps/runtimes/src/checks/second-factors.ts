import { createSecondFactors } from '@authcore/mfa'
import { type Check, expectEqual, expectRefused } from '../check.js'
import { deploy } from '../deployment.js'

/** The secret of RFC 6238 appendix B, in both of its forms. */
const SECRET = '12345678901234567890'
const SECRET_BASE32 = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

/** Seconds and codes of the same appendix (SHA-1). */
const VECTORS = [
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
] as const

/** `@authcore/mfa`. */
export const secondFactorChecks: readonly Check[] = [
  {
    name: 'an authenticator app is enrolled with the codes of RFC 6238',
    run: async () => {
      for (const [seconds, code] of VECTORS) {
        const { factors, principal, enrolment } = await startEnrolment(seconds)
        const { factorId, secret, qrCode } = enrolment
        expectEqual([secret, qrCode.startsWith('<svg')], [SECRET_BASE32, true], 'enrolment')
        const confirm = (given: string) => factors.confirmTotp(principal, { factorId, code: given })
        await expectRefused(() => confirm(nextCode(code)), 'factor_enrolment_invalid')
        expectEqual((await confirm(code)).method, 'totp', 'method')
      }
    },
  },
  {
    name: 'of 50 equal codes at once one passes, and recovery codes pass once',
    run: async () => {
      const { advance, factors, principal, enrolment } = await startEnrolment(1_111_111_080)
      const { factorId } = enrolment
      await factors.confirmTotp(principal, { factorId, code: '07081804' })
      // the next time step
      advance(31)
      const verify = (proof: Readonly<Record<string, unknown>>) =>
        factors.verify('user-1', proof, { loginId: 'login-1' })
      const attempts = await Promise.allSettled(
        Array.from({ length: 50 }, () => verify({ method: 'totp', code: '14050471' })),
      )
      expectEqual(attempts.filter(({ status }) => status === 'fulfilled').length, 1, 'passed')
      const [code] = await factors.generateRecoveryCodes(principal)
      const recover = () => verify({ method: 'recovery_code', code })
      await recover()
      await expectRefused(recover, 'login_second_factor_invalid')
    },
  },
]

/** Somebody who has just logged in, with an app that waits for its first code. */
async function startEnrolment(seconds: number) {
  const random = (length: number): Uint8Array =>
    length === SECRET.length
      ? new TextEncoder().encode(SECRET)
      : crypto.getRandomValues(new Uint8Array(length))
  const { auth, advance } = deploy({ startAt: seconds * 1000, random })
  const factors = createSecondFactors({ auth, issuerName: 'Example Shop', totp: { digits: 8 } })
  const { accessToken } = await auth.sessions.start({ subject: 'user-1', amr: ['pwd'] })
  const principal = await auth.accessTokens.verify(accessToken)
  const enrolment = await factors.startTotp(principal, { accountName: 'ada@example.com' })
  return { advance, factors, principal, enrolment }
}

/** Another code of as many digits. */
function nextCode(code: string): string {
  return String((Number(code) + 1) % 10 ** code.length).padStart(code.length, '0')
}
