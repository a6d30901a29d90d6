import type { IncomingMessage } from 'node:http'
import { toErrorResponse } from '@authcore/http'
import { describe, expect, it } from 'vitest'
import { adapterConformance, adapterRequests } from '../../src/index.js'
import { type Answer, createListener, listen, type Steps, WHOLE } from './plain-adapter.js'

/** What adapters get wrong: how it is done, and a row that has to fail for it. */
const SABOTEURS: readonly (readonly [name: string, flaw: (steps: Steps) => Partial<Steps>, row: string])[] = [
  [
    'drops repeated fields, as Node does',
    whole => ({ toAuthRequest: request => withHeaders(whole, request, request.headers) }),
    'twice: a bad one last',
  ],
  [
    'keeps the last of repeated fields',
    whole => ({ toAuthRequest: request => withHeaders(whole, request, lastOf(request)) }),
    'keys: two',
  ],
  [
    'turns values into lower case',
    whole => ({
      toAuthRequest: request =>
        withHeaders(
          whole,
          request,
          changeValues(request, value => value.toLowerCase()),
        ),
    }),
    'a token',
  ],
  [
    'loses spaces inside of values',
    whole => ({
      toAuthRequest: request =>
        withHeaders(
          whole,
          request,
          changeValues(request, value => value.replaceAll(' ', '')),
        ),
    }),
    'a token',
  ],
  [
    'passes over fields that are not ASCII',
    whole => ({
      toAuthRequest: request => {
        const { headers } = whole.toAuthRequest(request)
        const known = Object.entries(headers).filter(([, value]) => !/[\x80-\xff]/.test(String(value)))
        return withHeaders(whole, request, Object.fromEntries(known))
      },
    }),
    'odd: Latin 1',
  ],
  [
    'takes the query off',
    whole => ({ toAuthRequest: request => ({ ...whole.toAuthRequest(request), url: '/' }) }),
    'query: access_token, beside a good token',
  ],
  [
    'tells HEAD as GET',
    whole => ({
      toAuthRequest: request => {
        const mapped = whole.toAuthRequest(request)
        return mapped.method === 'HEAD' ? { ...mapped, method: 'POST' } : mapped
      },
    }),
    'JWK set, HEAD',
  ],
  [
    'decodes paths',
    () => ({ toPath: (pathname, mount) => decodeURIComponent(pathname).slice(mount.length) || '/' }),
    'place: an encoded letter',
  ],
  [
    'takes two slashes for one',
    () => ({ toPath: (pathname, mount) => pathname.slice(mount.length).replaceAll('//', '/') || '/' }),
    'place: two slashes',
  ],
  ['forgets the mount point', () => ({ toPath: pathname => pathname }), 'JWK set'],
  [
    'reads bodies without a limit',
    whole => ({
      readBody: async request =>
        new TextDecoder().decode((await whole.readBody(request, 1e9)) as Uint8Array).slice(0, 64),
    }),
    'large: in chunks',
  ],
  [
    'reads no forms',
    whole => ({
      readBody: (request, limit) =>
        request.headers['content-type']?.includes('form')
          ? Promise.resolve('')
          : whole.readBody(request, limit),
    }),
    'body: a form below /auth',
  ],
  [
    'swallows errors into a 500',
    () => ({ toAnswer: (_error, application) => ({ ...application.failure('?'), status: 500 }) }),
    'application: an AuthError',
  ],
  [
    'answers what is not for the caller',
    () => ({
      toAnswer: (error, application) =>
        toErrorResponse(error) ?? { ...application.failure(error), body: String(Object(error).stack) },
    }),
    'application: a verifier with a bug',
  ],
  [
    'adds a body to HEAD',
    whole => ({
      send: (response, answer, request) => {
        if (request.method !== 'HEAD') return whole.send(response, answer, request)
        const fields = Object.entries(answer.headers).map(field => `${field.join(': ')}\r\n`)
        response.socket?.end(`HTTP/1.1 ${answer.status} OK\r\n${fields.join('')}\r\nbody`)
        return undefined
      },
    }),
    'nothing, HEAD',
  ],
  [
    'forgets no-store',
    whole => ({
      send: (response, answer, request) => whole.send(response, without(answer, 'cache-control'), request),
    }),
    'refresh: a token',
  ],
  [
    'forgets the challenge',
    whole => ({
      send: (response, answer, request) => whole.send(response, without(answer, 'www-authenticate'), request),
    }),
    'nothing',
  ],
  [
    'adds a charset',
    whole => ({
      send: (response, answer, request) => {
        const type = String(answer.headers['content-type'])
        const headers = type.endsWith('json')
          ? { ...answer.headers, 'content-type': `${type}; charset=utf-8` }
          : answer.headers
        whole.send(response, { ...answer, headers }, request)
      },
    }),
    'nothing',
  ],
  [
    'answers every refusal with 401',
    whole => ({
      send: (response, answer, request) =>
        whole.send(response, { ...answer, status: answer.status === 403 ? 401 : answer.status }, request),
    }),
    'scope: too little',
  ],
  [
    'joins cookies by commas',
    whole => ({
      send: (response, answer, request) =>
        whole.send(
          response,
          changeCookies(answer, cookies => cookies.join(', ')),
          request,
        ),
    }),
    'extension: two cookies',
  ],
  [
    'keeps the last of several cookies',
    whole => ({
      send: (response, answer, request) =>
        whole.send(
          response,
          changeCookies(answer, cookies => cookies.at(-1) ?? ''),
          request,
        ),
    }),
    'extension: two cookies',
  ],
  [
    'cuts line breaks out of cookies instead of failing',
    whole => ({
      toAnswer: (error, application, request) =>
        Object(error).code === 'config_invalid'
          ? { status: 200, headers: { 'set-cookie': ['one=1', 'two=2x-injected: yes'] }, body: '{}' }
          : whole.toAnswer(error, application, request),
    }),
    'extension: a cookie with a line break',
  ],
  [
    'forgets who is at the other end of the connection',
    whole => ({
      toAuthRequest: request => {
        const { ip: _, ...rest } = whole.toAuthRequest(request)
        return rest
      },
    }),
    'HTTPS: by the proxy',
  ],
  [
    'believes a header about the connection',
    whole => ({
      toAuthRequest: request => {
        const ip = request.headersDistinct['x-forwarded-for']?.[0]
        return { ...whole.toAuthRequest(request), ...(ip !== undefined && { ip }) }
      },
    }),
    'certificate: from somebody who says that a proxy was there',
  ],
  [
    'takes what a header says of TLS for the connection',
    whole => ({
      toAuthRequest: request => {
        const isEncrypted = request.headers['x-forwarded-proto'] === 'https'
        return { ...whole.toAuthRequest(request), isEncrypted }
      },
    }),
    'HTTPS: by somebody else',
  ],
  [
    'takes the mount point off the URL',
    whole => ({
      toAuthRequest: request => {
        const mapped = whole.toAuthRequest(request)
        return { ...mapped, url: mapped.url.replace('/api/v1', '') }
      },
    }),
    'DPoP: below a mount point',
  ],
  [
    'answers what stands behind a guard without its deployment',
    whole => ({
      remember: (request, guard) => whole.remember(request, { ...guard, answerError: toErrorResponse }),
    }),
    'resource: requireScope',
  ],
  ['forgets the guard of a request', () => ({ remember: () => {} }), 'requireScope: enough'],
  [
    'keeps the fields of the guard to itself',
    whole => ({
      send: (response, answer, request) => whole.send(response, without(answer, 'ratelimit'), request),
    }),
    'limit: the first request',
  ],
  [
    'forgets the nonce',
    whole => ({
      send: (response, answer, request) => whole.send(response, without(answer, 'dpop-nonce'), request),
    }),
    'DPoP nonce: none',
  ],
  [
    'adds to what is told of a dead token',
    whole => ({
      send: (response, answer, request) =>
        whole.send(
          response,
          { ...answer, body: answer.body?.replace('false}', 'false,"exp":1}') ?? '' },
          request,
        ),
    }),
    'inactive: expired',
  ],
  ['leaks the principal of the request before', leakBefore, 'connection: nobody after somebody, optional'],
  [
    'passes on a principal that can be changed',
    () => ({ toPrincipal: found => found && { ...found } }),
    'a token',
  ],
]

describe('a broken adapter fails the table', () => {
  it.each(SABOTEURS)('one that %s', async (_, flaw, row) => {
    const steps = { ...WHOLE, ...flaw(WHOLE) }
    expect(await findFailures(steps, [row])).toEqual([row])
  })

  it('and one that mixes up callers who come at once', async () => {
    expect(await findFailures({ ...WHOLE, ...leakAmongMany() }, [CROWD])).toEqual([CROWD])
  })

  it('and one that is whole does not', async () => {
    const rows = [...new Set(SABOTEURS.map(([, , row]) => row)), CROWD]
    expect(await findFailures(WHOLE, rows)).toEqual([])
  })

  it('when it leaves out a row that does not exist', () => {
    const runner = { describe: () => {}, it: () => {}, afterAll: () => {} }
    const options = { runner, name: 'x', protocol: 'http/1.1', createServer: () => listen(() => {}) } as const
    expect(() => adapterConformance({ ...options, leaveOut: { 'no such row': 'of the kind' } })).toThrow(
      TypeError,
    )
  })

  it('and says what was left out and what failed', async () => {
    const reports: string[] = []
    await findFailures({ ...WHOLE, toPath: pathname => pathname }, ['JWK set', 'a token'], reports)
    expect(reports).toEqual([
      [
        'Requests to broken over http/1.1: 1 passed, 1 failed, 2 left out',
        '  left out  nothing: so it goes',
        '  left out  gateway: the only field of the connection in HTTP/2: not for http/1.1',
      ].join('\n'),
    ])
  })
})

const CROWD = 'many callers at once: each is who they are'

/** Runs some of the rows without a test runner and returns the names of those that fail. */
async function findFailures(
  steps: Steps,
  names: readonly string[],
  reports: string[] = [],
): Promise<readonly string[]> {
  const tests = new Map<string, () => Promise<void>>()
  const hooks: (() => void | Promise<void>)[] = []
  adapterConformance({
    runner: {
      describe: (_name, body) => body(),
      it: (name, test) => tests.set(name, test),
      afterAll: hook => hooks.push(hook),
    },
    name: 'broken',
    protocol: 'http/1.1',
    createServer: application => listen(createListener(application, steps)),
    leaveOut: names.includes('nothing') ? {} : { nothing: 'so it goes' },
    print: report => reports.push(report),
  })
  expect(tests.size).toBeGreaterThan(adapterRequests.length - 2)
  const failures: string[] = []
  for (const name of names)
    await tests
      .get(name)?.()
      .catch(() => failures.push(name))
  for (const hook of hooks) await hook()
  return failures
}

function withHeaders(
  whole: Steps,
  request: IncomingMessage,
  headers: ReturnType<Steps['toAuthRequest']>['headers'],
): ReturnType<Steps['toAuthRequest']> {
  return { ...whole.toAuthRequest(request), headers }
}

function lastOf({ headersDistinct }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headersDistinct).map(([name, values]) => [name, values?.at(-1) ?? '']),
  )
}

function changeValues(
  { headersDistinct }: IncomingMessage,
  change: (value: string) => string,
): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(headersDistinct).map(([name, values = []]) => [name, values.map(change)]),
  )
}

function without(answer: Answer, name: string): Answer {
  const { [name]: _, ...headers } = answer.headers
  return { ...answer, headers }
}

function changeCookies(answer: Answer, change: (cookies: readonly string[]) => string): Answer {
  const { 'set-cookie': cookies = [], ...headers } = answer.headers
  return { ...answer, headers: { ...headers, 'set-cookie': change([cookies].flat()) } }
}

/** One variable for all requests. */
function leakBefore(): Partial<Steps> {
  let last: Parameters<Steps['toPrincipal']>[0]
  return {
    toPrincipal: found => {
      last = found ?? last
      return last
    },
  }
}

/** Whoever came first is whoever comes after, for as long as few come. */
function leakAmongMany(): Partial<Steps> {
  const seen: Parameters<Steps['toPrincipal']>[0][] = []
  return {
    toPrincipal: found => {
      seen.push(found)
      return seen.length > 5 ? seen.at(-2) : found
    },
  }
}
