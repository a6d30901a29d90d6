import { callApi } from './api.js'
import { onSubmit, say, show } from './elements.js'

/** Asks for a mail with a link, and sets a new password where the link leads to. */
export function wirePasswordReset(): void {
  onSubmit('forgot', async fields => {
    const json = { identifier: fields.get('email') }
    await callApi({ method: 'POST', path: '/auth/password/reset-request', json })
    say('forgot', 'If there is such a user, a mail with a link stands in the console of the demo.')
  })
  const token = takeToken()
  if (token === undefined) return
  show('reset-part', true)
  onSubmit('reset', async fields => {
    const json = { token, new_password: fields.get('password') }
    await callApi({ method: 'POST', path: '/auth/password/reset', json })
    show('reset-part', false)
    say('login', 'The password is set, and every session has ended. Log in with it.')
  })
}

/** Out of the address, so that it stays in no history. */
function takeToken(): string | undefined {
  const [, token] = /^#reset=([\w-]+)$/.exec(location.hash) ?? []
  if (token !== undefined) history.replaceState(null, '', location.pathname)
  return token
}
