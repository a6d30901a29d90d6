import { createPasswordHasher, type PasswordHasher } from '@authcore/password'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createMailbox } from '../src/people/mailbox.js'
import { createPasswordAccounts } from '../src/people/password-accounts.js'
import { type RunningDemo, type StartDemoOptions, startDemo } from '../src/start-demo.js'
import { openTestState, type TestState } from './setup/test-state.js'

const ADA = { identifier: 'ada@example.com', password: 'correct horse battery staple' }
const ADMIN = { email: 'admin@example.com', password: 'the admin of the tests' }

let state: TestState
let demo: RunningDemo | undefined

beforeAll(async () => {
  state = await openTestState()
})

afterAll(() => state.close())

afterEach(async () => {
  await demo?.stop()
  demo = undefined
  await state.empty()
})

describe('the table of users behind the login', () => {
  it('takes an email in any case, once', async () => {
    const post = await start()
    expect((await post('/auth/register', ADA)).status).toBe(201)
    const again = await post('/auth/register', { ...ADA, identifier: 'ADA@Example.com' })
    expect(again.status).toBe(409)
    expect(await again.json()).toMatchObject({ code: 'account_exists', status: 409 })
    expect((await post('/auth/login', { ...ADA, identifier: 'ADA@Example.com' })).status).toBe(200)
  })

  it('registers one of two who come at once', async () => {
    const post = await start()
    const answers = await Promise.all([post('/auth/register', ADA), post('/auth/register', ADA)])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
  })

  it('replaces a hash only while it is the one that was seen', async () => {
    const accounts = createPasswordAccounts(state.users)
    const added = await accounts.insert?.({ identifier: 'Ada@example.com', passwordHash: 'one' })
    const subject = added?.subject ?? ''
    const save = (replaces: string | undefined, passwordHash: string) =>
      accounts.savePasswordHash({ subject, replaces, passwordHash })
    expect(await save('other', 'two')).toEqual({ saved: false })
    expect(await save(undefined, 'two')).toEqual({ saved: false })
    const both = await Promise.all([save('one', 'two'), save('one', 'three')])
    expect(both.filter(({ saved }) => saved)).toHaveLength(1)
    expect((await accounts.findBySubject(subject))?.email).toBe('ada@example.com')
    expect(await accounts.findBySubject('user_nobody')).toBeUndefined()
  })

  it('gives nobody a role but the admin, whatever they register as', async () => {
    const post = await start()
    await post('/auth/register', { ...ADA, roles: ['admin'] })
    expect((await post('/auth/register', ADA)).status).toBe(201)
    const { access_token: accessToken } = Object(await (await post('/auth/login', ADA)).json())
    const answer = await fetch(`${demo?.baseUrl}/api/admin/mails`, {
      headers: { authorization: `Bearer ${accessToken}` },
    })
    expect(answer.status).toBe(403)
  })
})

describe('a login that fails', () => {
  it('tells nothing of a fault but to the operator', async () => {
    const report = vi.fn()
    const hasher: PasswordHasher = {
      ...createPasswordHasher(),
      verify: () => Promise.reject(new Error('secret detail')),
    }
    const post = await start({ hasher, report })
    const answer = await post('/auth/login', { identifier: ADMIN.email, password: ADMIN.password })
    expect(answer.status).toBe(500)
    expect(await answer.text()).not.toContain('secret detail')
    expect(report).toHaveBeenCalledOnce()
  })

  it.each([
    ['text that is no JSON', 'application/json', '{"password":"hunter2', 400, 'request_body_malformed'],
    ['another media type', 'text/plain', JSON.stringify(ADA), 415, 'request_media_type_unsupported'],
    ['no body', 'application/json', '', 400, 'request_body_malformed'],
    ['a long body', 'application/json', JSON.stringify('x'.repeat(9000)), 413, 'request_body_too_large'],
  ])('answers %s with a problem and no echo', async (_name, type, body, status, code) => {
    await start()
    const answer = await fetch(`${demo?.baseUrl}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    })
    const text = await answer.text()
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(JSON.parse(text)).toMatchObject({ status, code })
    expect(text).not.toContain('hunter2')
  })
})

describe('the mailbox', () => {
  it('keeps the last twenty mails, and prints them only once they are shown', () => {
    const print = vi.fn()
    const mailbox = createMailbox(() => 1000, print)
    for (let count = 1; count <= 25; count += 1)
      mailbox.put({ to: 'ada', subject: `mail ${count}`, text: '' })
    expect(print).not.toHaveBeenCalled()
    expect(mailbox.list()).toHaveLength(20)
    expect(mailbox.list()[0]).toEqual({ to: 'ada', subject: 'mail 25', text: '', writtenAt: 1000 })
    mailbox.showMails()
    mailbox.put({ to: 'ada', subject: 'A new password', text: 'the link' })
    expect(print.mock.calls).toEqual([[expect.stringContaining('the link')]])
  })

  it('gets nothing for somebody who has no account', async () => {
    const print = vi.fn()
    const post = await start({ print })
    demo?.showMails()
    const unknown = await post('/auth/password/reset-request', { identifier: ADA.identifier })
    await post('/auth/register', ADA)
    const known = await post('/auth/password/reset-request', { identifier: ADA.identifier })
    expect([unknown.status, known.status]).toEqual([202, 202])
    expect(print.mock.calls).toEqual([
      [expect.stringMatching(/^\nMail to ada@example\.com .*\n.*\/people#reset=pr_[\w-]+$/)],
    ])
  })
})

type Post = (path: string, body: unknown) => Promise<Response>

async function start(options: Pick<StartDemoOptions, 'hasher' | 'report' | 'print'> = {}): Promise<Post> {
  demo = await startDemo({ ...options, port: 0, admin: ADMIN, state })
  const { baseUrl } = demo
  return (path, body) =>
    fetch(`${baseUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
}
