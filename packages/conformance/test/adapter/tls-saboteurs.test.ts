import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { tlsConformance, tlsRequests } from '../../src/node/index.js'
import { createListener, listenTls, type Steps, WHOLE } from './plain-adapter.js'

const CROWD = 'many callers at once: each is who they are'

type Mapped = ReturnType<Steps['toAuthRequest']>

/** What adapters get wrong of a TLS connection: what they make of a request, and a row that has to fail for it. */
const SABOTEURS: readonly (readonly [
  name: string,
  flaw: (mapped: Mapped, request: IncomingMessage) => Mapped,
  row: string,
])[] = [
  ['sees no certificate', ({ clientCertificate: _, ...rest }) => rest, 'certificate: known'],
  [
    'sees no certificate, so that bound tokens open nothing',
    ({ clientCertificate: _, ...rest }) => rest,
    'token: with its certificate',
  ],
  [
    'takes certificates that TLS has not authorized',
    (mapped, request) => withCertificate(mapped, peerOf(request).getPeerCertificate().raw),
    'certificate: foreign',
  ],
  [
    'takes certificates that TLS has not authorized, for tokens',
    (mapped, request) => withCertificate(mapped, peerOf(request).getPeerCertificate().raw),
    'token: bound to the foreign certificate it comes with',
  ],
  [
    'believes the field of proxies, whoever writes it',
    (mapped, request) => withCertificate(mapped, readField(request)),
    'certificate: none, and a forged field',
  ],
  [
    'believes the field of proxies in its routes',
    (mapped, request) => withCertificate(mapped, readField(request)),
    'refresh: with none and a forged field',
  ],
  [
    'takes what is authorized for a certificate',
    (mapped, request) => (peerOf(request).authorized ? withCertificate(mapped, new Uint8Array(1)) : mapped),
    'resumed: none',
  ],
  ['does not see TLS', mapped => ({ ...mapped, isEncrypted: false }), 'HTTPS: by TLS'],
  ['keeps the first certificate', keepFirst(), CROWD],
]

describe('a broken adapter fails the table over TLS', () => {
  it.each(SABOTEURS)('one that %s', async (_, flaw, row) => {
    const toAuthRequest = (request: IncomingMessage) => flaw(WHOLE.toAuthRequest(request), request)
    expect(await findFailures({ ...WHOLE, toAuthRequest }, [row])).toEqual([row])
  })

  it('and one that is whole does not', async () => {
    expect(await findFailures(WHOLE, [...new Set(SABOTEURS.map(([, , row]) => row))])).toEqual([])
  })
})

function withCertificate(mapped: Mapped, certificate: Uint8Array | undefined): Mapped {
  return { ...mapped, ...(certificate && { clientCertificate: certificate }) }
}

function peerOf({ socket }: IncomingMessage): TLSSocket {
  // every connection of these tests has TLS
  return socket as TLSSocket
}

function readField({ headers }: IncomingMessage): Uint8Array | undefined {
  const field = headers['client-cert']
  return typeof field === 'string' ? Buffer.from(field.slice(1, -1), 'base64') : undefined
}

function keepFirst(): (mapped: Mapped) => Mapped {
  let first: Uint8Array | undefined
  return mapped => {
    first ??= mapped.clientCertificate
    return withCertificate(mapped, first)
  }
}

/** Runs some of the rows without a test runner and returns the names of those that fail. */
async function findFailures(steps: Steps, names: readonly string[]): Promise<readonly string[]> {
  const tests = new Map<string, () => Promise<void>>()
  const hooks: (() => void | Promise<void>)[] = []
  tlsConformance({
    runner: {
      describe: (_name, body) => body(),
      it: (name, test) => tests.set(name, test),
      afterAll: hook => hooks.push(hook),
    },
    name: 'broken',
    protocol: 'http/1.1',
    createServer: (application, tls) => listenTls(createListener(application, steps), tls),
    print: () => {},
  })
  expect(tests.size).toBe(tlsRequests.length + 1)
  const failures: string[] = []
  for (const name of names)
    await tests
      .get(name)?.()
      .catch(() => failures.push(name))
  for (const hook of hooks) await hook()
  return failures
}
