import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { argon2Hasher, type PasswordHasher } from '../src/login/password-hasher.js'
import { type RunningDemo, type StartDemoOptions, startDemo } from '../src/start-demo.js'
import { openTestState, type TestState } from './setup/test-state.js'

const PASSWORD = 'correct horse battery staple'
const ADA = { email: 'ada@example.com', password: PASSWORD }

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

describe('login', () => {
  it('hashes with argon2id under the stated cost, and a fresh salt', async () => {
    const [first, second] = await Promise.all([argon2Hasher.hash(PASSWORD), argon2Hasher.hash(PASSWORD)])
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(second).not.toBe(first)
    await expect(argon2Hasher.verify(first, PASSWORD)).resolves.toBe(true)
    await expect(argon2Hasher.verify(first, `${PASSWORD}.`)).resolves.toBe(false)
  })

  it('takes one password however a keyboard composes its letters', async () => {
    const passwordHash = await argon2Hasher.hash('cafe\u0301 au lait, twice')
    await expect(argon2Hasher.verify(passwordHash, 'caf\u00e9 au lait, twice')).resolves.toBe(true)
  })

  it('compares one hash of the same cost for unknown users, as for known ones', async () => {
    const hasher = watch(argon2Hasher)
    const post = await start({ hasher })
    await post('/auth/register', ADA)
    const unknown = await post('/auth/login', { ...ADA, email: 'nobody@example.com' })
    expect(hasher.verify).toHaveBeenCalledTimes(1)
    const wrong = await post('/auth/login', { ...ADA, password: 'not the password' })
    expect(hasher.verify).toHaveBeenCalledTimes(2)
    const [[dummyHash = ''] = [], [adasHash = ''] = []] = hasher.verify.mock.calls
    expect(dummyHash).not.toBe(adasHash)
    expect(costOf(dummyHash)).toBe(costOf(adasHash))
    expect(await unknown.text()).toBe(await wrong.text())
    expect([unknown.status, wrong.status]).toEqual([401, 401])
    expect(unknown.headers.get('www-authenticate')).toBe('Bearer realm="api"')
  })

  it('lets nobody in as a user that does not exist, whatever the comparison says', async () => {
    const post = await start({ hasher: { ...argon2Hasher, verify: async () => true } })
    expect((await post('/auth/login', ADA)).status).toBe(401)
  })

  it('takes an email in any case, once', async () => {
    const post = await start()
    expect((await post('/auth/register', ADA)).status).toBe(201)
    const again = await post('/auth/register', { ...ADA, email: 'ADA@Example.com' })
    expect(again.status).toBe(409)
    expect(await again.json()).toMatchObject({ code: 'email_taken', status: 409 })
    expect((await post('/auth/login', { ...ADA, email: 'ADA@Example.com' })).status).toBe(200)
  })

  it('registers one of two who come at once', async () => {
    const post = await start()
    const answers = await Promise.all([post('/auth/register', ADA), post('/auth/register', ADA)])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
  })

  it('slows down guessing, for accounts that do not exist too', async () => {
    const hasher = watch({ ...argon2Hasher, verify: async () => false })
    const post = await start({ hasher })
    const guess = () => post('/auth/login', { ...ADA, password: 'a guess' })
    for (let attempt = 0; attempt < 10; attempt++) expect((await guess()).status).toBe(401)
    const refused = await guess()
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(hasher.verify).toHaveBeenCalledTimes(10)
    await demo?.advanceClock(60)
    expect((await guess()).status).toBe(401)
  })
})

describe('bad input', () => {
  it.each([
    ['no email', { password: PASSWORD }],
    ['no password', { email: ADA.email }],
    ['an email that is none', { ...ADA, email: 'ada' }],
    ['an email that is too long', { ...ADA, email: `${'a'.repeat(250)}@example.com` }],
    ['a password that is too long', { ...ADA, password: 'p'.repeat(201) }],
    ['a password that is too short', { ...ADA, password: 'p'.repeat(11) }],
    ['a password that is no text', { ...ADA, password: { length: 20 } }],
    ['a list', [ADA]],
  ])('refuses %s before it hashes', async (_name, body) => {
    const hasher = watch(argon2Hasher)
    const post = await start({ hasher })
    hasher.hash.mockClear()
    const answer = await post('/auth/register', body)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'request_body_malformed' })
    expect(hasher.hash).not.toHaveBeenCalled()
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

  it('answers unknown routes and malformed paths with a problem', async () => {
    await start()
    const unknown = await fetch(`${demo?.baseUrl}/nowhere`)
    expect(unknown.status).toBe(404)
    expect(await unknown.json()).toMatchObject({ code: 'route_not_found' })
    const malformed = await fetch(`${demo?.baseUrl}/auth/api-keys/%ff`, { method: 'DELETE' })
    expect(malformed.status).toBeLessThan(500)
  })

  it('tells nothing of a fault but to the operator', async () => {
    const report = vi.fn()
    const hasher = { ...argon2Hasher, verify: () => Promise.reject(new Error('secret detail')) }
    const post = await start({ hasher, report })
    const answer = await post('/auth/login', ADA)
    expect(answer.status).toBe(500)
    expect(await answer.text()).not.toContain('secret detail')
    expect(report).toHaveBeenCalledOnce()
  })
})

type Post = (path: string, body: unknown) => Promise<Response>

async function start(options: Pick<StartDemoOptions, 'hasher' | 'report'> = {}): Promise<Post> {
  const admin = { email: 'admin@example.com', password: 'the admin of the tests' }
  const { baseUrl } = await startDemo({ ...options, port: 0, admin, state }).then(started => {
    demo = started
    return started
  })
  return (path, body) =>
    fetch(`${baseUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
}

function watch(hasher: PasswordHasher) {
  return { hash: vi.fn(hasher.hash), verify: vi.fn(hasher.verify) }
}

function costOf(passwordHash: string): string | undefined {
  return passwordHash.split('$').slice(1, 4).join()
}
