import { randomBytes } from 'node:crypto'
import type { AuthCore } from '@authcore/core'
import type { RotateSessionCommand, SessionRecord, Stores } from '@authcore/core/ports'
import { concurrent, type Group, type Operation, type Subject } from '../harness/operation.js'
import { type DatabaseKind, type OpenDatabase, openDatabase } from '../setup/databases.js'
import { fillIn, type RecordedCall } from '../setup/replaying-client.js'
import { AUDIENCE, freshTexts, ISSUER } from '../setup/tokens.js'

const IN_FLIGHT = 32
const RECORDS = 500

type Server = Exclude<DatabaseKind, 'memory'>

/** Prepares what one operation is, on an open database. */
type Prepare = (database: OpenDatabase) => Promise<{ readonly next: () => Promise<unknown> }>

const TASKS: Readonly<
  Record<string, { readonly title: string; readonly ours: Prepare; readonly bare: Prepare }>
> = {
  'verify-key': { title: 'Verify an API key', ours: verifyKeys, bare: findKeysBare },
  'check-revocation': {
    title: 'Verify an access token that was seen before, with its revocation',
    ours: verifyTokens,
    bare: findMarksBare,
  },
  rotate: { title: 'Rotate a session', ours: rotate, bare: rotateBare },
}

const TITLES: Readonly<Record<Server, string>> = {
  redis: 'on Redis',
  postgresql: 'on PostgreSQL through Prisma',
}

/** What the library costs beside the bare command of the database. */
export const storeGroups: readonly Group[] = (['redis', 'postgresql'] as const).flatMap(server =>
  Object.entries(TASKS).map(([id, { title, ours, bare }]) => ({
    id: `${server}-${id}`,
    title: `${title}, ${TITLES[server]}`,
    clock: 'wall' as const,
    pace: { rounds: 9, sliceMilliseconds: 150, batchMilliseconds: 25 },
    notes: [
      `${IN_FLIGHT} in flight, ${RECORDS} records. The bare command is the very one that AuthCore sends, recorded and sent again with the same client: EVALSHA on Redis, $queryRaw of Prisma.`,
    ],
    subjects: [toSubject('bare command', server, bare), toSubject('authcore', server, ours)],
  })),
)

function toSubject(name: string, server: Server, prepare: Prepare): Subject {
  return {
    name,
    async prepare(): Promise<Operation> {
      const database = await openDatabase(server)
      const { next } = await prepare(database)
      return { ...concurrent(IN_FLIGHT, () => undefined, next), close: database.close }
    },
  }
}

async function verifyKeys({ stores }: OpenDatabase) {
  const auth = await createAuth(stores)
  const next = freshTexts(await issueKeys(auth))
  return { next: () => auth.apiKeys.verify(next()) }
}

async function findKeysBare({ stores, recorded, send }: OpenDatabase) {
  const keys = await issueKeys(await createAuth(stores))
  const ids = keys.map(key => key.slice('sk_'.length, 'sk_live_'.length + 22))
  return replay(recorded, send, id => recorded.stores.apiKeys.find({ id, now: Date.now() }), ids)
}

async function verifyTokens({ stores }: OpenDatabase) {
  const auth = await createAuth(stores)
  const next = freshTexts(await issueTokens(auth))
  return { next: () => auth.accessTokens.verify(next()) }
}

async function findMarksBare({ recorded, send }: OpenDatabase) {
  const ids = Array.from({ length: RECORDS }, () => randomBytes(16).toString('base64url'))
  const find = (id: string) =>
    recorded.stores.revocations.find({
      marks: [
        { kind: 'token', id },
        { kind: 'subject', id: `user-${id}` },
        { kind: 'session', id },
        { kind: 'client', id: 'web' },
        { kind: 'signing_key', id: 'key-1' },
      ],
      now: Date.now(),
    })
  return replay(recorded, send, find, ids)
}

/** Records one call for each argument, and sends them in turn. */
async function replay(
  { calls }: OpenDatabase['recorded'],
  send: OpenDatabase['send'],
  run: (argument: string) => Promise<unknown>,
  args: readonly string[],
) {
  const recorded: RecordedCall[] = []
  for (const argument of args) {
    await run(argument)
    const call = calls.at(-1)
    if (call !== undefined) recorded.push(call)
  }
  let position = 0
  return {
    next: () => {
      const call = recorded[position]
      if (call === undefined) throw new RangeError('Nothing was recorded.')
      position = (position + 1) % recorded.length
      return send(call)
    },
  }
}

async function rotate({ stores }: OpenDatabase) {
  const next = await startSessions(stores)
  return {
    next: async () => {
      const { outcome } = await stores.sessions.rotate(next())
      if (outcome !== 'rotated') throw new Error(`A rotation came to ${outcome}.`)
    },
  }
}

const PLACES = {
  id: 'placeofid',
  presentedHash: 'placeofpresentedhash',
  successorHash: 'placeofsuccessorhash',
  presentedGeneration: 987_654_321,
  now: 1_111_111_111_111,
  idleExpiresAt: 2_222_222_222_222,
} as const

async function rotateBare({ stores, recorded, send }: OpenDatabase) {
  const next = await startSessions(stores)
  await recorded.stores.sessions.rotate({ ...PLACES, sealedSuccessor: SEALED, graceSeconds: 10 })
  const template = recorded.calls.at(-1)
  if (template === undefined) throw new RangeError('Nothing was recorded.')
  const names = Object.keys(PLACES) as readonly (keyof typeof PLACES)[]
  return {
    next: () => {
      const command = next()
      const values = new Map(names.map(name => [String(PLACES[name]), String(command[name])]))
      return send(fillIn(template, values))
    },
  }
}

const SEALED = randomBytes(40).toString('base64url')
const HOUR = 3_600_000

/** Starts sessions; what comes back makes the next rotation of each in turn. */
async function startSessions({ sessions }: Stores): Promise<() => RotateSessionCommand> {
  const now = Date.now()
  const ids = Array.from({ length: RECORDS }, () => randomBytes(16).toString('hex'))
  for (const [index, id] of ids.entries()) {
    await sessions.insert({ session: toRecord(id, index, now), now })
  }
  const generations = ids.map(() => 0)
  let position = 0
  return () => {
    const index = position
    position = (position + 1) % ids.length
    const generation = generations[index] ?? 0
    generations[index] = generation + 1
    return {
      id: ids[index] ?? '',
      presentedHash: hashOf(generation),
      presentedGeneration: generation,
      successorHash: hashOf(generation + 1),
      sealedSuccessor: SEALED,
      now: Date.now(),
      idleExpiresAt: now + HOUR,
      graceSeconds: 10,
    }
  }
}

function toRecord(id: string, index: number, now: number): SessionRecord {
  return {
    id,
    subject: `user-${index}`,
    scope: ['orders:read'],
    roles: [],
    claims: {},
    amr: ['pwd'],
    createdAt: now,
    authenticatedAt: now,
    lastUsedAt: now,
    idleExpiresAt: now + HOUR,
    absoluteExpiresAt: now + 10 * HOUR,
    generation: 0,
    currentHash: hashOf(0),
  }
}

/** As long as a hash. */
function hashOf(generation: number): string {
  return `h${generation}`.padEnd(43, 'x')
}

async function createAuth(stores: Stores): Promise<AuthCore> {
  const { createAuthCore } = await import('@authcore/core')
  return createAuthCore({
    issuer: ISSUER,
    audience: AUDIENCE,
    secrets: [randomBytes(32).toString('base64')],
    stores,
    accessToken: { algorithm: 'ES256' },
  })
}

async function issueKeys(auth: AuthCore): Promise<readonly string[]> {
  const keys: string[] = []
  for (let index = 0; index < RECORDS; index++) {
    const { apiKey } = await auth.apiKeys.issue({ ownerId: `owner-${index}`, name: 'bench', scope: ['read'] })
    keys.push(apiKey)
  }
  return keys
}

async function issueTokens(auth: AuthCore): Promise<readonly string[]> {
  const tokens: string[] = []
  for (let index = 0; index < RECORDS; index++) {
    const { accessToken } = await auth.accessTokens.issue({
      subject: `user-${index}`,
      clientId: 'web',
      sessionId: randomBytes(16).toString('base64url'),
      scope: ['orders:read'],
    })
    tokens.push(accessToken)
  }
  return tokens
}
