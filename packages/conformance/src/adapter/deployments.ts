import { type AuthCore, type AuthCoreOptions, createAuthCore, type JwkSet } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import type { Stores } from '@authcore/core/ports'
import { withFaults } from '../faults/with-faults.js'
import { createKitOpaqueTokens, type KitOpaqueTokens } from './kit-opaque-tokens.js'
import { createProofKey, type ProofKey } from './proof-keys.js'

/** A deployment whose every answer is determined: its clock and its random bytes come from the test. */
export interface HeldDeployment {
  readonly auth: AuthCore
  /** Another deployment, whose credentials are nothing to this one. */
  readonly stranger: AuthCore
  /** Opaque access tokens of this deployment. */
  readonly opaqueTokens: KitOpaqueTokens
  /** Remembers used proofs. */
  readonly oneTime: Stores['oneTime']
  /** The signing keys, as inner services get them. */
  readonly jwks: JwkSet
  /** Keys of clients, the same for every deployment. */
  readonly proofKeys: readonly [ProofKey, ProofKey]
  /** The same deployment with other settings: its stores, its secrets, its clock. */
  openCore(options: Pick<AuthCoreOptions, 'session'>): AuthCore
  advance(seconds: number): void
  /** Begins the random bytes anew: two deployments that do the same after the same name make the same texts. */
  seed(name: string): void
  setStoresUp(isUp: boolean): void
}

/** Where clients find the application, whatever the server listens on. */
export const ORIGIN: string = 'https://api.example.com'

/**
 * What an adapter has to know of the other end of every connection. Servers see it; where there is no server, such as
 * with `fetchServer`, the application has to say it: `describeConnection: () => ADAPTER_CLIENT`.
 */
export const ADAPTER_CLIENT: { readonly ip: string } = Object.freeze({ ip: '127.0.0.1' })

const STRANGER = 'https://other.example.com'
const START = Date.UTC(2030, 0, 15, 12)

/** The signing keys of a deployment and of its stranger: random like no others, so they are made once. */
type SharedKeys = readonly [own: Stores['signingKeys'], stranger: Stores['signingKeys']]

/**
 * Opens deployments in the same state: the first goes behind the adapter, the second says what to expect. They share
 * their signing keys, and EdDSA makes the same signature twice.
 */
export async function openDeployments(): Promise<readonly HeldDeployment[]> {
  const keys = [memoryStores().signingKeys, memoryStores().signingKeys] as const
  const proofKeys = [await createProofKey(), await createProofKey()] as const
  const deployments: HeldDeployment[] = []
  for (const _ of [1, 2]) {
    const opened = openDeployment(keys)
    // the first one makes the keys, which takes random bytes, and the second finds them
    for (const each of [opened.auth, opened.stranger]) await each.accessTokens.issue({ subject: 'user-1' })
    deployments.push({ ...opened, proofKeys, jwks: await opened.auth.signingKeys.jwks() })
  }
  return deployments
}

function openDeployment([ownKeys, strangerKeys]: SharedKeys): Omit<HeldDeployment, 'proofKeys' | 'jwks'> {
  const state = { now: START, isUp: true, random: createRandom('') }
  const common = {
    secrets: ['m0Q8dWQv1nJ3k9ZxT7uYb2LcR5sGhE6pAaFiNoXtVwU='],
    accessToken: { algorithm: 'EdDSA' },
    clock: () => state.now,
    random: (length: number) => state.random(length),
  } as const
  const { stores } = withFaults({ ...memoryStores(), signingKeys: ownKeys }, ({ store }) =>
    state.isUp || store === 'signingKeys' ? undefined : 'error_before',
  )
  const own = { ...common, issuer: ORIGIN, audience: ORIGIN, stores }
  return {
    auth: createAuthCore(own),
    openCore: options => createAuthCore({ ...own, ...options }),
    opaqueTokens: createKitOpaqueTokens(common.clock),
    oneTime: stores.oneTime,
    stranger: createAuthCore({
      ...common,
      secrets: ['Wq8ZnV3xTb6YkR1mPc5LjH9sGd2FaE7uNtKv4MwXo0i='],
      issuer: STRANGER,
      audience: STRANGER,
      stores: { ...memoryStores(), signingKeys: strangerKeys },
      accessToken: { algorithm: 'HS256' },
    }),
    advance: seconds => {
      state.now += seconds * 1000
    },
    seed: name => {
      state.random = createRandom(name)
    },
    setStoresUp: isUp => {
      state.isUp = isUp
    },
  }
}

/** Bytes that follow from a name (xorshift over FNV-1a): for tests, where nothing has to be unpredictable. */
function createRandom(name: string): (length: number) => Uint8Array {
  let state = 0x811c9dc5
  for (const character of name) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193)
  state ||= 1
  return length =>
    Uint8Array.from({ length }, () => {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      return (state >>> 11) & 0xff
    })
}
