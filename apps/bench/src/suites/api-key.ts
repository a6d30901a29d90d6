import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import type { Stores } from '@authcore/core/ports'
import type { BetterAuthPlugin } from 'better-auth'
import { asynchronous, type Group, type Operation, synchronous } from '../harness/operation.js'
import { AUDIENCE, freshTexts, ISSUER } from '../setup/tokens.js'

const KEYS = 1000

/** What is called of better-auth and its plugin. */
interface BetterAuthApi {
  signUpEmail(call: {
    readonly body: { readonly email: string; readonly password: string; readonly name: string }
  }): Promise<{ readonly user: { readonly id: string } }>
  createApiKey(call: {
    readonly body: { readonly name: string; readonly userId: string }
  }): Promise<{ readonly key: string }>
  verifyApiKey(call: {
    readonly body: { readonly key: string }
  }): Promise<{ readonly valid: boolean; readonly error: { readonly message?: unknown } | null }>
}

/** Verifying API keys in memory. */
export const apiKeyGroup: Group = {
  id: 'api-key',
  title: 'Verify an API key, in memory',
  notes: [
    `${KEYS} different keys, each time as a new string.`,
    'raw HMAC-SHA-256: of the same text with a KeyObject of node:crypto, and nothing else.',
    'better-auth: its plugin on its memory adapter, rate limit off, updates deferred.',
  ],
  subjects: [
    { name: 'raw HMAC-SHA-256', prepare: prepareRawHmac },
    { name: 'authcore', prepare: prepareAuthcore },
    { name: 'better-auth', prepare: prepareBetterAuth },
  ],
}

async function prepareRawHmac(): Promise<Operation> {
  const { keys } = await createKeys()
  const key = createSecretKey(randomBytes(32))
  return synchronous(freshTexts(keys), text => createHmac('sha256', key).update(text).digest())
}

async function prepareAuthcore(): Promise<Operation> {
  const { keys, verify, counts } = await createKeys()
  return { ...asynchronous(freshTexts(keys), text => verify(text)), figures: () => counts() }
}

async function createKeys() {
  const { createAuthCore } = await import('@authcore/core')
  const { memoryStores } = await import('@authcore/core/memory')
  const { stores, counts, forget } = countWrites(memoryStores())
  const auth = createAuthCore({
    issuer: ISSUER,
    audience: AUDIENCE,
    secrets: [randomBytes(32).toString('base64')],
    stores,
  })
  const keys: string[] = []
  for (let index = 0; index < KEYS; index++) {
    const { apiKey } = await auth.apiKeys.issue({ ownerId: `owner-${index}`, name: 'bench', scope: ['read'] })
    keys.push(apiKey)
  }
  forget()
  return { keys, verify: auth.apiKeys.verify, counts }
}

/** Counts what is written; the times of last use are gathered and written in batches, which is told apart. */
function countWrites(stores: Stores) {
  let writes = 0
  let batches = 0
  const apiKeys = new Proxy(stores.apiKeys, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target)
      if (typeof method !== 'function') return method
      if (name === 'touch') batches += 1
      else if (name !== 'find' && name !== 'list') writes += 1
      return method.bind(target)
    },
  })
  return {
    stores: { ...stores, apiKeys },
    counts: () => ({ writes, 'batches of last use': batches }),
    forget() {
      writes = 0
      batches = 0
    },
  }
}

async function prepareBetterAuth(): Promise<Operation> {
  const { betterAuth } = await import('better-auth')
  const { memoryAdapter } = await import('better-auth/adapters/memory')
  const { apiKey } = await import('@better-auth/api-key')
  const plugin = apiKey({ rateLimit: { enabled: false }, deferUpdates: true })
  const database = { user: [], session: [], account: [], verification: [], apikey: [] }
  const auth = betterAuth({
    baseURL: ISSUER,
    secret: randomBytes(32).toString('base64'),
    database: memoryAdapter(database),
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    logger: { disabled: true },
    // built against another version of better-call, whose types differ in an optional member
    plugins: [plugin as unknown as BetterAuthPlugin],
  })
  // what the plugin adds, which the cast above hides
  const api = auth.api as unknown as BetterAuthApi
  const { user } = await api.signUpEmail({
    body: { email: 'bench@example.com', password: randomBytes(16).toString('hex'), name: 'bench' },
  })
  const keys: string[] = []
  for (let index = 0; index < KEYS; index++) {
    const { key } = await api.createApiKey({ body: { name: `bench-${index}`, userId: user.id } })
    keys.push(key)
  }
  return asynchronous(freshTexts(keys), async key => {
    const { valid, error } = await api.verifyApiKey({ body: { key } })
    if (!valid) throw new Error(`better-auth refuses its own key: ${String(error?.message)}`)
    return valid
  })
}
