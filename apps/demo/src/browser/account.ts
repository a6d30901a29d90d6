import { readMember, readMembers } from './api.js'
import { find, onClick, onSubmit, say, show } from './elements.js'
import { makePasskey } from './passkey.js'
import type { Session } from './session.js'

/** What somebody who is logged in sees and does: the second factors. */
export function wireAccount(session: Session): { readonly open: () => Promise<void> } {
  let factorId = ''
  const list = () => listFactors(session)

  onClick('enrol-totp', async () => {
    const { body } = await session.call('POST', '/auth/factors/totp', { name: 'authenticator app' })
    factorId = readMember(body, 'factor_id')
    find('qr-code', HTMLImageElement).src = toImage(readMember(body, 'qr_code'))
    find('totp-secret', HTMLElement).textContent = readMember(body, 'secret')
    find('confirm-totp', HTMLFormElement).reset()
    show('totp-enrolment', true)
  })
  onSubmit('confirm-totp', async fields => {
    await session.call('POST', '/auth/factors/totp/confirm', {
      factor_id: factorId,
      code: fields.get('code') ?? '',
    })
    forgetEnrolment()
    await list()
    say('enrol-totp', 'Enrolled. The next login asks for a code.')
  })
  onClick('enrol-passkey', async () => {
    const { body } = await session.call('POST', '/auth/factors/passkey', { name: 'passkey' })
    const response = await makePasskey(body)
    await session.call('POST', '/auth/factors/passkey/confirm', { response })
    await list()
    say('enrol-passkey', 'Enrolled. It logs in as a second factor, or alone.')
  })
  onClick('new-recovery-codes', async () => {
    const { body } = await session.call('POST', '/auth/factors/recovery-codes')
    find('recovery-codes', HTMLElement).textContent = readMembers(body, 'recovery_codes').join('\n')
    show('recovery-codes', true)
    await list()
  })
  return {
    open: async () => {
      const { body } = await session.call('GET', '/api/me')
      find('who', HTMLElement).textContent = readMember(body, 'subject')
      forgetEnrolment()
      show('recovery-codes', false)
      show('second-part', false)
      show('login-part', false)
      show('account', true)
      await list()
    },
  }
}

/** The QR code holds the secret: it goes as soon as it was used. */
function forgetEnrolment(): void {
  find('qr-code', HTMLImageElement).removeAttribute('src')
  find('totp-secret', HTMLElement).textContent = ''
  show('totp-enrolment', false)
}

async function listFactors(session: Session): Promise<void> {
  const { body } = await session.call('GET', '/auth/factors')
  const factors = readMembers(body, 'factors')
  const left = Number(Reflect.get(Object(body), 'recovery_codes_left'))
  find('factors', HTMLElement).replaceChildren(
    ...factors.map(factor => toItem(`${readMember(factor, 'name')} (${readMember(factor, 'method')})`)),
    toItem(`${left} recovery codes left`),
  )
}

function toItem(text: string): HTMLElement {
  const item = document.createElement('li')
  item.textContent = text
  return item
}

/** As an image a document can run nothing, whatever it holds. */
function toImage(svg: string): string {
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
