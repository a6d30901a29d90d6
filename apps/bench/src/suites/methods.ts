import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { Stores } from '@authcore/core/ports'
import type { Group, Operation, Subject } from '../harness/operation.js'
import { type DatabaseKind, openDatabase } from '../setup/databases.js'
import { listen, loadServer, type RequestHeaders } from '../setup/load.js'

const ORIGIN = 'https://api.example.com'
const CREDENTIALS = 300

/** One way to say who is calling. */
interface Method {
  readonly policy: 'access_token' | 'api_key' | 'session'
  /** Whether verified tokens are remembered. */
  readonly cacheSize: number
}

const METHODS: Readonly<Record<string, Method>> = {
  JWT: { policy: 'access_token', cacheSize: 0 },
  'JWT, cached': { policy: 'access_token', cacheSize: 1000 },
  'API key': { policy: 'api_key', cacheSize: 0 },
  'session cookie': { policy: 'session', cacheSize: 0 },
}

const STORES: readonly DatabaseKind[] = ['memory', 'redis', 'postgresql']

/** What the methods cost a server of Express, by where its stores are. */
export const methodGroups: readonly Group[] = STORES.map(kind => ({
  id: `methods-${kind}`,
  title: `The methods beside each other, stores ${kind === 'memory' ? 'in memory' : `in ${kind}`}`,
  kind: 'methods' as const,
  clock: 'wall' as const,
  notes: [
    `Requests to one Express server over 32 connections, ${CREDENTIALS} credentials; time is that of one request, so its inverse is requests a second. JWTs are signed with ES256; every method asks the store on each request, for revocation or for the record.`,
  ],
  pace: { rounds: 7, sliceMilliseconds: 300, batchMilliseconds: 60, warmUpMilliseconds: 700 },
  subjects: [
    { name: 'open route', prepare: () => prepare(kind, undefined) },
    ...Object.entries(METHODS).map(
      ([name, method]): Subject => ({ name: `authcore: ${name}`, prepare: () => prepare(kind, method) }),
    ),
  ],
}))

async function prepare(kind: DatabaseKind, method: Method | undefined): Promise<Operation> {
  const { stores, close } = await openStores(kind)
  const { createAuthCore } = await import('@authcore/core')
  const { createHttpAuth } = await import('@authcore/http')
  const { requireAuth } = await import('@authcore/express')
  const { default: express } = await import('express')
  const core = createAuthCore({
    issuer: ORIGIN,
    audience: ORIGIN,
    secrets: [randomBytes(32).toString('base64')],
    stores,
    accessToken: { algorithm: 'ES256', cacheSize: method?.cacheSize ?? 0 },
  })
  const auth = createHttpAuth(core, { sessionCookie: {} })
  const app = express()
  if (method !== undefined) app.use(requireAuth(auth, { methods: [method.policy] }))
  app.get('/me', (request, response) => {
    response.json({ subject: String(Object(request.auth).subject ?? 'user-1') })
  })
  const headers: RequestHeaders[] = []
  for (let index = 0; index < CREDENTIALS; index++) headers.push(await issue(index))
  const operation = await loadServer(await listen(createServer(app)), headers)
  return {
    ...operation,
    async close() {
      await operation.close?.()
      await close()
    },
  }

  async function issue(index: number): Promise<RequestHeaders> {
    const subject = `user-${index}`
    switch (method?.policy) {
      case undefined:
        return {}
      case 'access_token': {
        const { accessToken } = await core.sessions.start({ subject, scope: ['read'] })
        return { authorization: `Bearer ${accessToken}` }
      }
      case 'api_key': {
        const { apiKey } = await core.apiKeys.issue({ ownerId: subject, name: 'bench', scope: ['read'] })
        return { 'x-api-key': apiKey }
      }
      case 'session': {
        const { sessionToken } = await core.sessions.startCookie({ subject, scope: ['read'] })
        return { cookie: `__Host-session=${sessionToken}` }
      }
    }
  }
}

async function openStores(
  kind: DatabaseKind,
): Promise<{ readonly stores: Stores; readonly close: () => Promise<void> }> {
  if (kind !== 'memory') return openDatabase(kind)
  const { memoryStores } = await import('@authcore/core/memory')
  return { stores: memoryStores(), close: async () => {} }
}
