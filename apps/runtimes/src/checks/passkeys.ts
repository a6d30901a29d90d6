import { createSecondFactors } from '@authcore/mfa'
import { type Check, expectEqual, expectRefused } from '../check.js'
import { deploy } from '../deployment.js'
import { createSoftwareAuthenticator, type SoftwareAuthenticator } from '../software-authenticator.js'

const RP_ID = 'example.com'
const ORIGIN = 'https://www.example.com'

/** Passkeys of `@authcore/mfa`, with keys and signatures of the runtime. */
export const passkeyChecks: readonly Check[] = [
  {
    name: 'a passkey is enrolled, proves a login, and of 50 answers to one challenge one passes',
    run: async () => {
      const { factors, authenticator } = await enrol()
      const login = { subject: 'user-1', loginId: 'login-1' }
      const { options } = await factors.challengePasskey(login)
      const response = await authenticator.get(options, ORIGIN)
      const attempts = await Promise.allSettled(
        Array.from({ length: 50 }, () => factors.verify('user-1', { method: 'passkey', response }, login)),
      )
      expectEqual(attempts.filter(({ status }) => status === 'fulfilled').length, 1, 'passed')
    },
  },
  {
    name: 'a passkey alone logs in, and not one of another page or with another key',
    run: async () => {
      const { factors, authenticator } = await enrol()
      const answer = async (from: SoftwareAuthenticator, origin = ORIGIN) => {
        const { options } = await factors.startPasskeyLogin()
        return factors.verifyFirst({ method: 'passkey', response: await from.get(options, origin) })
      }
      expectEqual((await answer(authenticator)).subject, 'user-1', 'subject')
      const stranger = await createSoftwareAuthenticator(RP_ID)
      await expectRefused(() => answer(stranger), 'login_second_factor_invalid')
      const elsewhere = 'https://www.example.net'
      await expectRefused(() => answer(authenticator, elsewhere), 'login_second_factor_invalid')
    },
  },
]

/** Somebody who has added a passkey. */
async function enrol() {
  const { auth } = deploy()
  const passkeys = { rpId: RP_ID, origins: [ORIGIN] }
  const factors = createSecondFactors({ auth, issuerName: 'Example Shop', passkeys })
  const { accessToken } = await auth.sessions.start({ subject: 'user-1', amr: ['pwd'] })
  const principal = await auth.accessTokens.verify(accessToken)
  const { options } = await factors.startPasskey(principal, { accountName: 'ada@example.com' })
  const authenticator = await createSoftwareAuthenticator(RP_ID)
  await factors.confirmPasskey(principal, { response: await authenticator.create(options, ORIGIN) })
  return { factors, authenticator }
}
