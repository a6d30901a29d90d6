import { createAuthCore } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { createSecondFactors, factorRoutes } from '../src/index.js'

const auth = createAuthCore({
  issuer: 'https://api.example.com',
  audience: 'https://api.example.com',
  secrets: [process.env['AUTHCORE_SECRET']], // openssl rand -base64 32
  stores: memoryStores(),
})
const secondFactors = createSecondFactors({
  auth,
  issuerName: 'Example Shop',
  passkeys: { rpId: 'example.com', origins: ['https://www.example.com'] }, // leave out what you do not want
  codes: { send: async ({ channel, to, code }) => console.log(`${channel} to ${to}: ${code} is your code`) },
})

// somebody who has just logged in
const { accessToken } = await auth.sessions.start({ subject: 'user-1', amr: ['pwd'] })
const principal = await auth.accessTokens.verify(accessToken)

// put `qrCode` (SVG) on the page; the factor counts once a right code came back
const { factorId, qrCode, secret } = await secondFactors.startTotp(principal, {
  accountName: 'ada@example.com',
})
export const confirm = (code: string) => secondFactors.confirmTotp(principal, { factorId, code })
export const recoveryCodes = await secondFactors.generateRecoveryCodes(principal)
export { auth, qrCode, secondFactors, secret }

// the page gives `options` to `navigator.credentials.create`, and its answer comes back to `confirmPasskey`
export const { options } = await secondFactors.startPasskey(principal, { accountName: 'ada@example.com' })

// the same and all the rest as routes: authRoutes(auth, { extensions: [extension] })
export const extension = factorRoutes({ auth, secondFactors })

// with passwords: createLogin({ auth, accounts, secondFactors }) asks for the factor from now on
