import { ConfigError, InvalidLoginError, InvalidRequestError } from '@authcore/core'
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import { isoBase64URL } from '@simplewebauthn/server/helpers'
import { validateText } from '../arguments.js'
import { type Factor, type StoredFactor, type StoredPasskey, toFactor } from '../factor.js'
import type { FactorContext } from '../factor-context.js'
import type { FreshLogin } from '../fresh-login.js'
import type { PasskeySettings } from '../options.js'
import { randomText } from '../random-text.js'
import type { VerifyProof } from '../verified-proof.js'
import { acceptProof, type VerifiedFactor } from '../verify-proof.js'
import { CHALLENGE_SECONDS, createPasskeyChallenges, type PasskeyChallenges } from './passkey-challenges.js'
import { createPasskeyOwners, type PasskeyOwners } from './passkey-owners.js'
import { parseAuthenticationResponse, parseRegistrationResponse } from './passkey-response.js'
import { isPasskey, usePasskey } from './use-passkey.js'
import { verifyAssertion } from './verify-assertion.js'
import { PASSKEY_ALGORITHMS, verifyRegistration } from './verify-registration.js'

/** How a passkey is made. */
export interface StartPasskeyOptions {
  /** What the authenticator shows where people choose an account: 1 to 128 characters. */
  readonly accountName: string
  /** What the owner calls the passkey: 1 to 64 characters; `passkey` unless told. */
  readonly name?: string
}

/** For `PublicKeyCredential.parseCreationOptionsFromJSON` and `navigator.credentials.create` of the page. */
export interface PasskeyEnrolment {
  readonly options: PublicKeyCredentialCreationOptionsJSON
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

/** For `PublicKeyCredential.parseRequestOptionsFromJSON` and `navigator.credentials.get` of the page. */
export interface PasskeyChallenge {
  readonly options: PublicKeyCredentialRequestOptionsJSON
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

/** Whom a passkey has identified. */
export interface PasskeyLogin extends VerifiedFactor {
  readonly subject: string
}

/** Passkeys (WebAuthn level 3). */
export interface PasskeyFactors {
  start(owner: FreshLogin, options: StartPasskeyOptions): Promise<PasskeyEnrolment>
  confirm(owner: FreshLogin, options: { readonly response: unknown }): Promise<Factor>
  challenge(login: FreshLogin): Promise<PasskeyChallenge>
  challengeAnybody(): Promise<PasskeyChallenge>
  verifyFirst(proof: ReadonlyMap<string, unknown>): Promise<PasskeyLogin>
  /** Lets others have the credential id again. */
  release(removed: StoredFactor): Promise<void>
  readonly verify: VerifyProof
}

interface Parts {
  readonly context: FactorContext
  readonly settings: PasskeySettings
  readonly challenges: PasskeyChallenges
  readonly owners: PasskeyOwners
}

const USER_HANDLE_LENGTH = 32
const ANYBODY = { kind: 'first_factor', subject: '', loginId: '' } as const

/** Prepares them; without options every call but `verify` and `release` says what is missing. */
export function createPasskeyFactors(context: FactorContext): PasskeyFactors {
  const { host, records } = context
  const box = host.secretBox('mfa.passkeys')
  const challenges = createPasskeyChallenges(host, box)
  const owners = createPasskeyOwners(host, records, box)
  const requireParts = (): Parts => {
    const { passkeys: settings } = context.settings
    if (settings !== undefined) return { context, settings, challenges, owners }
    throw new ConfigError('config_invalid', [{ path: 'passkeys', message: 'is required for passkeys' }])
  }
  return Object.freeze({
    start: async (owner, options) => startPasskey(owner, options, requireParts()),
    confirm: async (owner, { response }) => confirmPasskey(owner, response, requireParts()),
    challenge: async login => challengePasskey(login, requireParts()),
    challengeAnybody: async () => {
      const { settings } = requireParts()
      const { challenge, expiresAt } = await challenges.issue(ANYBODY, {})
      return Object.freeze({ options: await toRequestOptions(challenge, [], settings), expiresAt })
    },
    verifyFirst: async proof => verifyFirst(proof, requireParts()),
    release: async removed => {
      if (isPasskey(removed)) await owners.release(removed.credentialId)
    },
    verify: async ({ subject, proof, loginId, record }) => {
      const settings = context.settings.passkeys
      const parsed = settings && parseAuthenticationResponse(proof.get('response'))
      if (settings === undefined || parsed === undefined) return undefined
      const passkey = record.factors.filter(isPasskey).find(each => each.credentialId === parsed.response.id)
      // taken also for a key that nobody has: an answer counts once, whatever it is worth
      const taken = await challenges.take({ kind: 'second_factor', subject, loginId }, parsed.challenge)
      if (taken === undefined || passkey === undefined) return undefined
      const assertion = await verifyAssertion(parsed, passkey, settings)
      return assertion && usePasskey(subject, passkey, assertion, context)
    },
  } satisfies PasskeyFactors)
}

async function startPasskey(
  { subject, loginId }: FreshLogin,
  options: StartPasskeyOptions,
  { context, settings, challenges }: Parts,
): Promise<PasskeyEnrolment> {
  const accountName = validateText(options.accountName, 'accountName', 128)
  const name = options.name === undefined ? 'passkey' : validateText(options.name, 'name', 64)
  const passkeys = (await context.records.find(subject)).factors.filter(isPasskey)
  if (passkeys.length >= settings.maxPerAccount) throw new InvalidRequestError('factor_limit_reached')
  // random: what an authenticator keeps must not tell who somebody is (WebAuthn section 14.6.1)
  const userHandle =
    passkeys[0]?.userHandle ??
    isoBase64URL.fromBuffer(Uint8Array.from(context.host.random(USER_HANDLE_LENGTH)))
  const ceremony = { kind: 'registration', subject, loginId } as const
  const { challenge, expiresAt } = await challenges.issue(ceremony, { name, userHandle })
  const creation = await generateRegistrationOptions({
    rpName: context.settings.issuerName,
    rpID: settings.rpId,
    userName: accountName,
    userDisplayName: accountName,
    userID: isoBase64URL.toBuffer(userHandle),
    challenge: isoBase64URL.toBuffer(challenge),
    timeout: CHALLENGE_SECONDS * 1000,
    attestationType: 'none',
    excludeCredentials: passkeys.map(toDescriptor),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    supportedAlgorithmIDs: PASSKEY_ALGORITHMS,
  })
  return Object.freeze({ options: creation, expiresAt })
}

async function confirmPasskey(
  { subject, loginId }: FreshLogin,
  response: unknown,
  { context, settings, challenges, owners }: Parts,
): Promise<Factor> {
  const parsed = parseRegistrationResponse(response)
  const ceremony = { kind: 'registration', subject, loginId } as const
  const begun = parsed && (await challenges.take(ceremony, parsed.challenge))
  const verified = begun && parsed && (await verifyRegistration(parsed, settings))
  if (parsed === undefined || begun === undefined || verified === undefined) {
    throw new InvalidRequestError('factor_enrolment_invalid')
  }
  const passkey: StoredPasskey = {
    ...verified,
    id: randomText(context.host.random, 16),
    method: 'passkey',
    name: String(begun['name']),
    createdAt: context.host.clock(),
    userHandle: String(begun['userHandle']),
    transports: (parsed.response.response.transports ?? []).join(),
  }
  await addPasskey(subject, passkey, { context, settings, owners })
  return toFactor(passkey)
}

/** The claim comes first: of two accounts that come with one credential id, one gets it. */
async function addPasskey(
  subject: string,
  passkey: StoredPasskey,
  { context, settings, owners }: Pick<Parts, 'context' | 'settings' | 'owners'>,
): Promise<void> {
  if (!(await owners.claim(passkey.credentialId, subject))) {
    throw new InvalidRequestError('factor_already_enrolled')
  }
  try {
    await context.records.add(subject, passkey, ({ factors }) => {
      const passkeys = factors.filter(isPasskey)
      // the same account twice at the same time: the claim cannot tell that from a crash
      if (passkeys.some(other => other.credentialId === passkey.credentialId)) {
        throw new InvalidRequestError('factor_already_enrolled')
      }
      if (passkeys.length >= settings.maxPerAccount) {
        throw new InvalidRequestError('factor_limit_reached')
      }
    })
  } catch (error) {
    const isFull = error instanceof InvalidRequestError && error.code === 'factor_limit_reached'
    if (isFull) await owners.release(passkey.credentialId)
    throw error
  }
}

async function challengePasskey(
  { subject, loginId }: FreshLogin,
  { context, settings, challenges }: Parts,
): Promise<PasskeyChallenge> {
  const passkeys = (await context.records.find(subject)).factors.filter(isPasskey)
  if (passkeys.length === 0) throw new InvalidRequestError('factor_not_found')
  const { challenge, expiresAt } = await challenges.issue({ kind: 'second_factor', subject, loginId }, {})
  return Object.freeze({ options: await toRequestOptions(challenge, passkeys, settings), expiresAt })
}

/** A passkey that verifies its user is two factors: something that somebody has, and is or knows. */
async function verifyFirst(
  proof: ReadonlyMap<string, unknown>,
  { context, settings, challenges, owners }: Parts,
): Promise<PasskeyLogin> {
  const parsed = parseAuthenticationResponse(proof.get('response'))
  const taken = parsed && (await challenges.take(ANYBODY, parsed.challenge))
  const subject = taken && parsed && (await owners.find(parsed.response.id))
  if (parsed === undefined || subject === undefined) {
    context.host.emit('factor.refused', { method: 'passkey', reason: 'not_accepted' })
    throw new InvalidLoginError('login_second_factor_invalid')
  }
  const { factors } = await context.records.find(subject)
  const passkey = factors.filter(isPasskey).find(each => each.credentialId === parsed.response.id)
  // without a name of the account there was nothing to choose from (WebAuthn section 7.2 step 6)
  const isNamed = parsed.response.response.userHandle !== undefined
  const assertion = passkey && isNamed ? await verifyAssertion(parsed, passkey, settings) : undefined
  const outcome = passkey && assertion && (await usePasskey(subject, passkey, assertion, context))
  const { amr, ...rest } = acceptProof({ subject, method: 'passkey', outcome }, context)
  return Object.freeze({ subject, amr: Object.freeze([...amr, 'mfa']), ...rest })
}

function toRequestOptions(challenge: string, passkeys: readonly StoredPasskey[], { rpId }: PasskeySettings) {
  return generateAuthenticationOptions({
    rpID: rpId,
    challenge: isoBase64URL.toBuffer(challenge),
    allowCredentials: passkeys.map(toDescriptor),
    timeout: CHALLENGE_SECONDS * 1000,
    userVerification: 'required',
  })
}

function toDescriptor({ credentialId, transports }: StoredPasskey) {
  return { id: credentialId, ...(transports !== '' && { transports: transports.split(',') }) }
}
