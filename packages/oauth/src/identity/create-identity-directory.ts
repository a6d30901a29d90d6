import { ConfigError, type SecretBox, StoreError } from '@authcore/core'
import type { DocumentRecord } from '@authcore/core/ports'
import { type AuthHost, type DocumentHost, findDocumentHost, isAuthHost } from '../auth-host.js'
import { createOptionReader } from '../option-reader.js'
import type { VerifiedProfile } from '../provider/verified-profile.js'
import { randomText } from '../random-text.js'
import { isText } from '../text.js'
import { accountTag, IDENTITY_PURPOSE, identityIdOf } from './identity-id.js'
import { type IdentityRecord, parseIdentityRecord, toIdentityValue } from './identity-record.js'
import type { AccountOutcome, Identity, SignInAccounts } from './sign-in-accounts.js'

/** How identities find accounts. */
export interface IdentityDirectoryOptions {
  /** What `createAuthCore` returned; its stores must have documents. */
  readonly auth: AuthHost
  /**
   * Makes an account under a given subject for an identity that has none. May be called again with the same subject, also
   * at the same time: it must then do nothing. `refused`: no account is made, and nobody is signed in. Without it
   * nobody can sign up by signing in.
   */
  readonly createAccount?: (account: {
    readonly subject: string
    readonly profile: VerifiedProfile
  }) => Promise<{ readonly outcome: 'created' | 'refused' }>
  /**
   * Finds the account whose owner has proved this address here. An account whose address nobody has proved must not be
   * found: whoever made it would get the sign-ins of the real owner.
   */
  readonly findByVerifiedEmail?: (email: string) => Promise<{ readonly subject: string } | undefined>
  /**
   * The providers whose verified addresses open the account with that address. None unless told: whoever controls the
   * address at such a provider gets the account.
   */
  readonly linkByEmail?: readonly string[]
}

/** The identities of a deployment, with every way to change them. */
export type IdentityDirectory = Required<SignInAccounts>

const NAMESPACE = 'oauth.identities'
const MAX_IDENTITIES = 20
/** Each round that fails means that somebody else got through. */
const MAX_ROUNDS = 20

/**
 * Keeps (issuer, subject) of identities in the documents of the deployment, one document each.
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function createIdentityDirectory(options: IdentityDirectoryOptions): IdentityDirectory {
  const { host, createAccount, findByVerifiedEmail, linkByEmail } = parseOptions(options)
  const box = host.secretBox(IDENTITY_PURPOSE)
  const records = createRecords(host, box)

  const findByEmail = async (profile: VerifiedProfile): Promise<string | undefined> => {
    const { email, isEmailVerified, provider } = profile
    if (!isEmailVerified || email === undefined || !linkByEmail.includes(provider)) return undefined
    return (await findByVerifiedEmail?.(email))?.subject
  }

  /** @returns `undefined` when somebody else was first */
  const open = async (profile: VerifiedProfile): Promise<AccountOutcome | undefined> => {
    const existing = await records.find(profile)
    if (existing?.record.isConfirmed) return { outcome: 'found', subject: existing.record.account }
    if (existing !== undefined) return signUp(profile, existing)
    const subject = await findByEmail(profile)
    if (subject !== undefined) {
      if (!(await records.insert(profile, subject, true))) return undefined
      records.report(profile, subject, 'email')
      return { outcome: 'found', subject }
    }
    if (createAccount === undefined) return { outcome: 'refused' }
    const account = randomText(host.random, 16)
    const inserted = await records.insert(profile, account, false)
    return inserted && signUp(profile, inserted)
  }

  /**
   * The subject was chosen and stored before the account is made: whoever is here at the same time, or after a crash,
   * makes the same account and no second one.
   */
  const signUp = async (
    profile: VerifiedProfile,
    { record, version }: Stored,
  ): Promise<AccountOutcome | undefined> => {
    const subject = record.account
    const answer = await createAccount?.({ subject, profile })
    if (answer?.outcome !== 'created') {
      await records.remove(profile, version)
      return { outcome: 'refused' }
    }
    if (!(await records.confirm(profile, { record, version }))) return undefined
    records.report(profile, subject, 'sign_up')
    return { outcome: 'created', subject }
  }

  return Object.freeze({
    findOrCreateUser: async profile => {
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        const outcome = await open(profile)
        if (outcome !== undefined) return outcome
      }
      throw new StoreError('store_unavailable')
    },
    link: async (profile, subject) => {
      const isFull = (await records.list(subject)).length >= MAX_IDENTITIES
      if (!isFull && (await records.insert(profile, subject, true))) {
        records.report(profile, subject, 'owner')
        return { outcome: 'linked' }
      }
      const existing = await records.find(profile)
      if (existing === undefined) return { outcome: 'limit_reached' }
      const isOwn = existing.record.isConfirmed && existing.record.account === subject
      return { outcome: isOwn ? 'linked' : 'taken' }
    },
    list: async subject => {
      const stored = await records.list(subject)
      return Object.freeze(await Promise.all(stored.map(({ id, record }) => toIdentity(id, record, box))))
    },
    unlink: async (subject, identityId) => {
      const now = host.clock()
      const key = { namespace: NAMESPACE, id: identityId }
      const existing = await host.documents.find({ ...key, now })
      const { outcome } = await host.documents.remove({ ...key, tag: accountTag(box, subject), now })
      if (outcome !== 'removed') return { found: false }
      const provider = existing === undefined ? '' : parseIdentityRecord(existing.value).provider
      host.emit('identity.unlinked', { subject, provider, identityId })
      return { found: true }
    },
  } satisfies IdentityDirectory)
}

interface Stored {
  readonly id: string
  readonly version: number
  readonly record: IdentityRecord
}

/** The documents; each method is one command of the store. */
function createRecords({ documents, clock, random, emit }: DocumentHost, box: SecretBox) {
  const keyOf = (profile: VerifiedProfile) => ({ namespace: NAMESPACE, id: identityIdOf(box, profile) })

  const put = async (profile: VerifiedProfile, record: IdentityRecord, expectedVersion: number) => {
    const key = keyOf(profile)
    const stored = await documents.put({
      ...key,
      tags: [accountTag(box, record.account)],
      value: toIdentityValue(record),
      expectedVersion,
      writeId: randomText(random, 16),
      now: clock(),
    })
    return stored.outcome === 'stored' ? { id: key.id, record, version: stored.version } : undefined
  }

  return {
    find: async (profile: VerifiedProfile): Promise<Stored | undefined> => {
      const document = await documents.find({ ...keyOf(profile), now: clock() })
      return document && toStored(document)
    },
    insert: async (
      profile: VerifiedProfile,
      account: string,
      isConfirmed: boolean,
    ): Promise<Stored | undefined> => {
      const { provider, issuer } = profile
      const text = profile.email ?? profile.name
      const label = text === undefined ? undefined : await box.seal(text, keyOf(profile).id)
      const record = { provider, issuer, account, isConfirmed, linkedAt: clock() }
      return put(profile, label === undefined ? record : { ...record, label }, 0)
    },
    confirm: (profile: VerifiedProfile, { record, version }: Pick<Stored, 'record' | 'version'>) =>
      put(profile, { ...record, isConfirmed: true }, version),
    remove: (profile: VerifiedProfile, expectedVersion: number) =>
      documents.remove({ ...keyOf(profile), expectedVersion, now: clock() }),
    list: async (subject: string): Promise<readonly Stored[]> => {
      const tag = accountTag(box, subject)
      const found = await documents.list({ namespace: NAMESPACE, tag, now: clock(), limit: 100 })
      return found.map(toStored).filter(({ record }) => record.isConfirmed)
    },
    report: (profile: VerifiedProfile, subject: string, by: 'sign_up' | 'email' | 'owner') => {
      emit('identity.linked', { subject, provider: profile.provider, identityId: keyOf(profile).id, by })
    },
  }
}

function toStored({ id, version, value }: DocumentRecord): Stored {
  return { id, version, record: parseIdentityRecord(value) }
}

async function toIdentity(
  id: string,
  { provider, issuer, label: sealed, linkedAt }: IdentityRecord,
  box: SecretBox,
): Promise<Identity> {
  // sealed under a root secret that was taken off the list: the identity works, its name is gone
  const label = sealed === undefined ? undefined : await box.openText(sealed, id)
  return Object.freeze({ id, provider, issuer, ...(label !== undefined && { label }), linkedAt })
}

function parseOptions(options: IdentityDirectoryOptions) {
  const reader = createOptionReader(options)
  const auth = reader.value('auth', isAuthHost, 'what createAuthCore returned')
  const host = auth && findDocumentHost(auth)
  if (host === undefined) reader.refuse('auth', 'must be a deployment whose stores have documents')
  const createAccount = reader.value(
    'createAccount',
    isFunction<NonNullable<IdentityDirectoryOptions['createAccount']>>,
    'a function',
  )
  const findByVerifiedEmail = reader.value(
    'findByVerifiedEmail',
    isFunction<NonNullable<IdentityDirectoryOptions['findByVerifiedEmail']>>,
    'a function',
  )
  const linkByEmail = reader.value('linkByEmail', isNameList, 'an array of names of providers') ?? []
  if (linkByEmail.length > 0 && findByVerifiedEmail === undefined) {
    reader.refuse('linkByEmail', 'needs findByVerifiedEmail')
  }
  reader.finish()
  if (host === undefined) throw new ConfigError('config_invalid', [])
  return { host, createAccount, findByVerifiedEmail, linkByEmail }
}

function isFunction<Expected>(value: unknown): value is Expected {
  return typeof value === 'function'
}

function isNameList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(name => isText(name, 32))
}
