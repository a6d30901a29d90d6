import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  apiKeyRecord,
  putCommand,
  rotation,
  START,
  sessionRecord,
  signingKeyRecord,
} from './setup/fixtures.js'
import { openPglite, type PgliteInstance } from './setup/pglite.js'

const now = START
const ONE_TIME = { namespace: 'n', key: 'k', expiresAt: now + 1000, now } as const

describe('a row that does not hold what was written', () => {
  let database: PgliteInstance
  beforeAll(async () => {
    database = await openPglite()
  })
  afterAll(() => database.end())
  beforeEach(() => database.empty())

  it.each([
    `scope = '{}'`,
    `scope = '[1]'`,
    `roles = 'null'`,
    `amr = '"pwd"'`,
    `claims = '[]'`,
    `claims = 'null'`,
    `confirmation = '[]'`,
    `confirmation = '{"jkt": 1}'`,
    `label = 'a\\x'`,
    `label = 'a\\'`,
    `revocation_reason = 'bored'`,
    `generation = -2`,
    `created_at = 9007199254740992`,
  ])('is an error and no session: %s', async damage => {
    const { sessions } = database.stores
    await sessions.insert({ session: sessionRecord(), now })
    await database.pglite.exec(`UPDATE authcore_session SET ${damage}`)
    await expect(sessions.find({ id: 'session-1', now })).rejects.toThrow(/damaged/)
    await expect(sessions.list({ subject: 'user-1', now, limit: 1 })).rejects.toThrow(/damaged/)
    await expect(sessions.rotate(rotation(0))).rejects.toThrow(/damaged/)
  })

  it.each([
    `scope = '[null]'`,
    `metadata = '1'`,
    `remaining_uses = -1`,
    `rate_limit = '{"limit":0}'`,
    `name = '\\n'`,
  ])('is an error and no API key: %s', async damage => {
    const { apiKeys } = database.stores
    await apiKeys.insert({ apiKey: apiKeyRecord(), now })
    await database.pglite.exec(`UPDATE authcore_api_key SET ${damage}`)
    await expect(apiKeys.find({ id: 'live_1', now })).rejects.toThrow(/damaged/)
  })

  it.each([
    `keys = '{}'`,
    `keys = '[null]'`,
    `keys = '[{}]'`,
    `keys = jsonb_set(keys::jsonb, '{0,kid}', '1')::json`,
    `keys = jsonb_set(keys::jsonb, '{0,announcedAt}', '"1"')::json`,
    `keys = jsonb_set(keys::jsonb, '{0,activatesAt}', '0.5')::json`,
    `keys = jsonb_set(keys::jsonb, '{0,withdrawnAt}', 'null')::json`,
    `keys = jsonb_set(keys::jsonb, '{0,publicJwk}', '[]')::json`,
    `version = -1`,
  ])('is an error and no ring: %s', async damage => {
    const { signingKeys } = database.stores
    await signingKeys.replace({ expectedVersion: 0, keys: [signingKeyRecord()], now })
    await database.pglite.exec(`UPDATE authcore_signing_key_ring SET ${damage}`)
    await expect(signingKeys.read({ now })).rejects.toThrow(/damaged/)
  })

  it('is an error and no value', async () => {
    const { oneTime } = database.stores
    await oneTime.put({ ...ONE_TIME, value: {} })
    await database.pglite.exec(`UPDATE authcore_one_time SET value = '[]'`)
    await expect(oneTime.take({ ...ONE_TIME, holder: 'a' })).rejects.toThrow(/damaged/)
  })

  it.each([
    `tags = NULL`,
    `tags = '{"a\\\\x"}'`,
    `tags = ARRAY[NULL, 'subject:u1']`,
    `value = '[]'`,
    `version = -1`,
    `created_at = 9007199254740992`,
  ])('is an error and no document: %s', async damage => {
    const { documents } = database.stores
    await documents.put(putCommand())
    await database.pglite.exec(`UPDATE authcore_document SET ${damage}`)
    await expect(documents.find({ namespace: 'factor', id: 'document-1', now })).rejects.toThrow(/damaged/)
  })

  it('never shows its content in the error', async () => {
    const { sessions } = database.stores
    await sessions.insert({ session: sessionRecord(), now })
    await database.pglite.exec(`UPDATE authcore_session SET current_hash = 'secret\\x'`)
    await expect(sessions.find({ id: 'session-1', now })).rejects.not.toThrow(/secret/)
  })
})
