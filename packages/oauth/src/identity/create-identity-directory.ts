import { ConfigError, type SecretBox } from '@authcore/core'
import { createOptionReader } from '@authcore/core/extension'
import { type AuthHost, findDocumentHost, isAuthHost } from '../auth-host.js'
import type { VerifiedProfile } from '../provider/verified-profile.js'
import { randomText } from '../random-text.js'
import { isText } from '../text.js'
import { untilStored } from '../until-stored.js'
import { createAccountMembers } from './account-members.js'
import { IDENTITY_PURPOSE, identityIdOf } from './identity-id.js'
import { createIdentityRecords, type StoredIdentity } from './identity-records.js'
import type { AccountOutcome, Identity, LinkOutcome, SignInAccounts } from './sign-in-accounts.js'

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

/**
 * Keeps (issuer, subject) of identities in the documents of the deployment: one document for each, and one for each
 * account that names those it counts as its own. Three writes link: the identity names the account, the account counts
 * the identity, the identity is confirmed. Where a process dies in between, whoever meets the identity next goes on.
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function createIdentityDirectory(options: IdentityDirectoryOptions): IdentityDirectory {
  const { host, createAccount, findByVerifiedEmail, linkByEmail } = parseOptions(options)
  const box = host.secretBox(IDENTITY_PURPOSE)
  const records = createIdentityRecords(host, box)
  const members = createAccountMembers(host, box, records)

  const findByEmail = async (profile: VerifiedProfile): Promise<string | undefined> => {
    const { email, isEmailVerified, provider } = profile
    if (!isEmailVerified || email === undefined || !linkByEmail.includes(provider)) return undefined
    return (await findByVerifiedEmail?.(email))?.subject
  }

  /** @returns `undefined` when somebody else was first, here and in all that follows: look again */
  const open = async (profile: VerifiedProfile): Promise<AccountOutcome | undefined> => {
    const existing = await records.find(identityIdOf(box, profile))
    if (existing !== undefined) return openExisting(profile, existing)
    const subject = await findByEmail(profile)
    if (subject !== undefined) {
      if (await members.isFull(subject)) return { outcome: 'refused' }
      const inserted = await records.insert(profile, subject, 'email')
      return inserted && complete(inserted, 'found')
    }
    if (createAccount === undefined) return { outcome: 'refused' }
    const inserted = await records.insert(profile, randomText(host.random, 16), 'sign_up')
    return inserted && signUp(profile, inserted)
  }

  const openExisting = async (
    profile: VerifiedProfile,
    stored: StoredIdentity,
  ): Promise<AccountOutcome | undefined> => {
    if (await isComplete(stored)) return { outcome: 'found', subject: stored.record.account }
    return isSigningUp(stored) ? signUp(profile, stored) : complete(stored, 'found')
  }

  /**
   * The subject was chosen and stored before the account is made: whoever is here at the same time, or after a crash,
   * makes the same account and no second one.
   */
  const signUp = async (
    profile: VerifiedProfile,
    stored: StoredIdentity,
  ): Promise<AccountOutcome | undefined> => {
    const answer = await createAccount?.({ subject: stored.record.account, profile })
    if (answer?.outcome === 'created') return complete(stored, 'created')
    await records.withdraw(stored)
    return { outcome: 'refused' }
  }

  const link = async (profile: VerifiedProfile, subject: string): Promise<LinkOutcome | undefined> => {
    const existing = await records.find(identityIdOf(box, profile))
    if (existing === undefined) {
      if (await members.isFull(subject)) return { outcome: 'limit_reached' }
      const inserted = await records.insert(profile, subject, 'owner')
      return inserted && (await complete(inserted, 'found')) && { outcome: 'linked' }
    }
    // an account that is being made has no owner yet who could have asked
    if (isSigningUp(existing)) return { outcome: 'taken' }
    if (!(await isComplete(existing)) && !(await complete(existing, 'found'))) return undefined
    return { outcome: existing.record.account === subject ? 'linked' : 'taken' }
  }

  const isComplete = async ({ id, record }: StoredIdentity): Promise<boolean> =>
    record.isConfirmed && (await members.has(record.account, id))

  /** Counts the identity as one of its account; where there is no room for it, it is taken back. */
  const complete = async <Outcome extends 'found' | 'created'>(
    stored: StoredIdentity,
    outcome: Outcome,
  ): Promise<{ readonly outcome: Outcome; readonly subject: string } | undefined> => {
    const { id, record } = stored
    const { account: subject, provider, by } = record
    if (!(await members.add(subject, id))) {
      await records.withdraw(stored)
      return undefined
    }
    // of those who complete it at the same time one gets through; and what was taken back meanwhile stays so
    if (!(await records.confirm(stored))) return undefined
    host.emit('identity.linked', { subject, provider, identityId: id, by })
    return { outcome, subject }
  }

  return Object.freeze({
    findOrCreateUser: profile => untilStored(() => open(profile)),
    link: (profile, subject) => untilStored(() => link(profile, subject)),
    list: async subject => {
      const identities = await members.list(subject)
      return Object.freeze(await Promise.all(identities.map(stored => toIdentity(stored, box))))
    },
    unlink: async (subject, identityId) => {
      const existing = await records.find(identityId)
      if (!(await records.remove(identityId, subject))) return { found: false }
      const provider = existing?.record.provider ?? ''
      host.emit('identity.unlinked', { subject, provider, identityId })
      await members.prune(subject)
      return { found: true }
    },
  } satisfies IdentityDirectory)
}

/** Whether an account is still to be made for it. */
function isSigningUp({ record }: StoredIdentity): boolean {
  return record.by === 'sign_up' && !record.isConfirmed
}

async function toIdentity({ id, record }: StoredIdentity, box: SecretBox): Promise<Identity> {
  const { provider, issuer, label: sealed, linkedAt } = record
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
