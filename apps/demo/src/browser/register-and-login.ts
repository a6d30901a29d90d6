import { callApi, readMember, readMembers } from './api.js'
import { find, onClick, onSubmit, say, show } from './elements.js'
import { usePasskey } from './passkey.js'
import type { Session } from './session.js'

/** The key of the token by which the API knows this browser; it opens nothing. */
const DEVICE_KEY = 'device_token'

/** Registers people, and logs them in with a password and, where there is one, a second factor. */
export function wireRegisterAndLogin(session: Session, onLogin: () => Promise<void>): void {
  let pendingToken = ''
  const finish = async (tokens: unknown): Promise<void> => {
    pendingToken = ''
    localStorage.setItem(DEVICE_KEY, readMember(tokens, 'device_token'))
    session.begin(tokens)
    await onLogin()
  }
  const complete = async (proof: object): Promise<void> => {
    const json = { pending_token: pendingToken, proof, ...knownDevice() }
    await finish((await callApi({ method: 'POST', path: '/auth/login/complete', json })).body)
  }

  onSubmit('register', async fields => {
    const json = { identifier: fields.get('email'), password: fields.get('password') }
    await callApi({ method: 'POST', path: '/auth/register', json })
    say('register', 'Registered. Log in with it.')
  })
  onSubmit('login', async fields => {
    const json = { identifier: fields.get('email'), password: fields.get('password'), ...knownDevice() }
    const { status, body } = await callApi({ method: 'POST', path: '/auth/login', json })
    if (status === 200) return finish(body)
    pendingToken = readMember(body, 'pending_token')
    askForSecondFactor(readMembers(body, 'methods'))
  })
  onSubmit('second', async fields => {
    await complete({ method: fields.get('method'), code: fields.get('code') })
  })
  onClick('second-passkey', async () => {
    const json = { pending_token: pendingToken }
    const { body } = await callApi({ method: 'POST', path: '/auth/login/passkey', json })
    await complete(await usePasskey(body))
  })
  onClick('login-passkey', async () => {
    const { body } = await callApi({ method: 'POST', path: '/auth/login/passkey', json: {} })
    const json = { proof: await usePasskey(body), ...knownDevice() }
    await finish((await callApi({ method: 'POST', path: '/auth/login/passkey/complete', json })).body)
  })
  onClick('logout', async () => {
    await session.call('POST', '/auth/logout')
    session.end()
    show('account', false)
    show('login-part', true)
    say('login', 'Logged out.')
  })
}

function askForSecondFactor(methods: readonly unknown[]): void {
  say('login', 'The password was right. One more thing:')
  find('second', HTMLFormElement).reset()
  say('second', '')
  say('second-passkey', '')
  show('second', methods.includes('totp') || methods.includes('recovery_code'))
  show('second-passkey', methods.includes('passkey'))
  show('second-part', true)
}

/** Guesses of others do not lock a browser out from which somebody has logged in before. */
function knownDevice(): { readonly device_token?: string } {
  const deviceToken = localStorage.getItem(DEVICE_KEY)
  return deviceToken ? { device_token: deviceToken } : {}
}
