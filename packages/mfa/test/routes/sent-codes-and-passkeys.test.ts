import { describe, expect, it } from 'vitest'
import { Authenticator } from '../support/authenticator.js'
import { createMailbox } from '../support/mailbox.js'
import { createDpopKey, type Served, serve } from '../support/serve.js'

const PHONE = '+14155550123'
const PASSKEYS = { rpId: 'example.com', origins: ['https://www.example.com'] }

async function serveAll(over: 'http' | 'express' = 'http') {
  const mailbox = createMailbox()
  const served = await serve({ over, codes: mailbox.options, passkeys: PASSKEYS })
  return { ...served, mailbox }
}

async function addPasskey({ send, passLogin }: Served, authenticator = new Authenticator()) {
  const token = (await passLogin()).json.access_token
  const started = await send('POST', '/factors/passkey', {
    token,
    body: { account_name: 'ada', name: 'Laptop' },
  })
  const response = authenticator.create(started.json.options)
  const confirmed = await send('POST', '/factors/passkey/confirm', { token, body: { response } })
  return { token, authenticator, started, confirmed }
}

async function beginLogin({ send }: Served): Promise<string> {
  const { json } = await send('POST', '/login', { body: { identifier: 'ada', password: 'right' } })
  return json.pending_token
}

describe.each(['http', 'express'] as const)('over %s', over => {
  it('a number is added, and its code finishes a login', async () => {
    const served = await serveAll(over)
    const { send, passLogin, mailbox, clock, auth } = served
    const token = (await passLogin()).json.access_token
    const started = await send('POST', '/factors/sms', { token, body: { to: PHONE, name: 'Mobile' } })
    expect(started).toMatchObject({ status: 201, json: { method: 'sms', sent_to: '•• 23' } })
    expect(started.text).not.toContain('4155550123')
    const body = { factor_id: started.json.factor_id, code: mailbox.code() }
    expect(await send('POST', '/factors/sms/confirm', { token, body })).toMatchObject({
      status: 201,
      json: { factor_id: body.factor_id, method: 'sms', name: 'Mobile', sent_to: '•• 23' },
    })
    clock.advance(60)
    const pending_token = await beginLogin(served)
    const asked = await send('POST', '/login/code', { body: { pending_token, method: 'sms' } })
    expect(asked).toMatchObject({ status: 202, json: { sent_to: '•• 23', expires_at: expect.any(Number) } })
    const soon = await send('POST', '/login/code', { body: { pending_token, method: 'sms' } })
    expect(soon).toMatchObject({ status: 429, headers: { 'retry-after': '30' } })
    const elsewhere = await beginLogin(served)
    const proof = { method: 'sms', code: mailbox.code() }
    const complete = (pending: string) =>
      send('POST', '/login/complete', { body: { pending_token: pending, proof } })
    expect((await complete(elsewhere)).json.code).toBe('login_failed')
    const done = await complete(pending_token)
    expect(await auth.accessTokens.verify(done.json.access_token)).toMatchObject({
      amr: ['pwd', 'otp', 'sms', 'mfa'],
    })
  })

  it('a passkey is added, and finishes a login', async () => {
    const served = await serveAll(over)
    const { send, auth } = served
    const { authenticator, started, confirmed } = await addPasskey(served)
    expect(started).toMatchObject({
      status: 201,
      json: { expires_at: expect.any(Number), options: { rp: { id: 'example.com' }, user: { name: 'ada' } } },
    })
    expect(confirmed).toMatchObject({
      status: 201,
      json: { method: 'passkey', name: 'Laptop', backed_up: false },
    })
    const pending_token = await beginLogin(served)
    const asked = await send('POST', '/login/passkey', { body: { pending_token } })
    expect(asked).toMatchObject({
      status: 200,
      json: { options: { allowCredentials: [{ type: 'public-key' }] } },
    })
    const proof = { method: 'passkey', response: authenticator.get(asked.json.options) }
    const done = await send('POST', '/login/complete', { body: { pending_token, proof } })
    expect(await auth.accessTokens.verify(done.json.access_token)).toMatchObject({
      amr: ['pwd', 'hwk', 'user', 'mfa'],
    })
  })

  it('a passkey logs in alone, bound to the key of the client', async () => {
    const served = await serveAll(over)
    const { send, auth, eventsOf } = served
    const { authenticator } = await addPasskey(served)
    const asked = await send('POST', '/login/passkey', { body: {} })
    const proof = { method: 'passkey', response: authenticator.get(asked.json.options) }
    const key = createDpopKey()
    const sent = { key, body: { proof, client_id: 'web', label: 'Laptop' } }
    const done = await send('POST', '/login/passkey/complete', sent)
    expect(done).toMatchObject({ status: 200, json: { token_type: 'DPoP' } })
    const confirmation = { jkt: key.jkt }
    expect(await auth.accessTokens.verify(done.json.access_token, { confirmation })).toMatchObject({
      subject: 'user-ada',
      clientId: 'web',
      scope: ['orders'],
      amr: ['hwk', 'user', 'mfa'],
    })
    const again = await send('POST', '/login/passkey/complete', { body: { proof } })
    expect(again).toMatchObject({ status: 401, json: { code: 'login_failed' } })
    expect(eventsOf('login.refused')).toMatchObject([{ code: 'login_second_factor_invalid' }])
  })

  it('both step a session up', async () => {
    const served = await serveAll(over)
    const { send, auth, clock, mailbox } = served
    const { token, authenticator } = await addPasskey(served)
    const started = await send('POST', '/factors/email', { token, body: { to: 'ada@example.com' } })
    const confirm = { factor_id: started.json.factor_id, code: mailbox.code() }
    await send('POST', '/factors/email/confirm', { token, body: confirm })
    clock.advance(400)
    expect((await send('GET', '/step-up', { token })).json.methods).toEqual(['passkey', 'email'])
    const asked = await send('POST', '/step-up/passkey', { token, body: {} })
    const proof = { method: 'passkey', response: authenticator.get(asked.json.options) }
    const first = await send('POST', '/step-up', { token, body: { proof } })
    expect(await auth.accessTokens.verify(first.json.access_token)).toMatchObject({
      authenticatedAt: clock(),
      amr: ['pwd', 'hwk', 'user', 'mfa'],
    })
    const code = await send('POST', '/step-up/code', {
      token,
      body: { method: 'email', factor_id: confirm.factor_id },
    })
    expect(code).toMatchObject({ status: 202, json: { sent_to: 'a•••@example.com' } })
    const byCode = { method: 'email', code: mailbox.code() }
    expect((await send('POST', '/step-up', { token, body: { proof: byCode } })).status).toBe(200)
  })
})

describe('an outage of the sender', () => {
  it('is answered with 503, and tells nothing', async () => {
    const { send, passLogin, mailbox } = await serveAll()
    const token = (await passLogin()).json.access_token
    mailbox.meet('failure')
    const answer = await send('POST', '/factors/sms', { token, body: { to: PHONE } })
    expect(answer).toMatchObject({ status: 503, json: { code: 'code_delivery_failed' } })
    expect(answer.headers['retry-after']).toBeDefined()
    expect(answer.text).not.toContain(mailbox.code())
  })
})

describe('a hostile body', () => {
  const LONG = 'x'.repeat(300)

  it.each<[string, unknown]>([
    ['/factors/sms', {}],
    ['/factors/sms', { to: 14155550123 }],
    ['/factors/sms', { to: LONG }],
    ['/factors/sms', { to: PHONE, channel: 'email' }],
    ['/factors/email', { to: 'ada@example.com', code: '123456' }],
    ['/factors/email', { to: 'a@b.com\r\nBcc: c@d.com' }],
    ['/factors/sms/confirm', { factor_id: 'a', code: 123456 }],
    ['/factors/sms/confirm', { factor_id: LONG, code: '1' }],
    ['/factors/passkey', { account_name: 'a', user_handle: 'b' }],
    ['/factors/passkey/confirm', {}],
    ['/factors/passkey/confirm', { response: [] }],
    ['/factors/passkey/confirm', { response: { id: 'AAAA' }, name: 'x' }],
    ['/factors/passkey/confirm', { response: { id: '__proto__', rawId: '__proto__', type: 'public-key' } }],
    ['/step-up/code', {}],
    ['/step-up/code', { method: 'totp' }],
    ['/step-up/code', { method: 'sms', subject: 'user-eve' }],
    ['/step-up/passkey', { pending_token: 'pl_x' }],
    ['/login/code', { method: 'sms' }],
    ['/login/code', { pending_token: 7, method: 'sms' }],
    ['/login/code', { pending_token: 'x'.repeat(4097), method: 'sms' }],
    ['/login/passkey', { pending_token: '' }],
    ['/login/passkey', { subject: 'user-ada' }],
    ['/login/passkey/complete', {}],
    ['/login/passkey/complete', { proof: [] }],
    ['/login/passkey/complete', { proof: {}, subject: 'user-ada' }],
  ])('is refused by %s: %j', async (path, body) => {
    const { send, passLogin, mailbox } = await serveAll('express')
    const token = (await passLogin()).json.access_token
    const { status, text } = await send('POST', path, { token, body })
    expect(status).toBe(400)
    expect(text).not.toContain('xxxx')
    expect(mailbox.messages).toEqual([])
  })

  it('with a token that was made up asks for nothing', async () => {
    const { send } = await serveAll()
    for (const path of ['/login/code', '/login/passkey']) {
      const body = { pending_token: 'pl_made-up', ...(path === '/login/code' && { method: 'sms' }) }
      expect(await send('POST', path, { body })).toMatchObject({
        status: 401,
        json: { code: 'login_pending_invalid' },
      })
    }
  })

  it('with a proof of some other kind is a failed login', async () => {
    const { send } = await serveAll()
    for (const proof of [{}, { method: 'totp', code: '123456' }, { method: 'passkey', response: 'x' }]) {
      const answer = await send('POST', '/login/passkey/complete', { body: { proof } })
      expect(answer).toMatchObject({ status: 401, json: { code: 'login_failed' } })
    }
  })
})

it('without codes, passkeys and logins their routes are not there', async () => {
  const { extension } = await serve({ routes: { login: undefined as never } })
  const paths = extension.routes.map(({ path }) => path).join(' ')
  expect(paths).not.toMatch(/sms|email|passkey|code\b|login/)
})
