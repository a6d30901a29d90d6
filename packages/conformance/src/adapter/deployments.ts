import { type AuthCore, createAuthCore } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import type { Stores } from '@authcore/core/ports'
import { withFaults } from '../faults/with-faults.js'

/** A deployment whose every answer is determined: its clock and its random bytes come from the test. */
export interface HeldDeployment {
  readonly auth: AuthCore
  /** Another deployment, whose credentials are nothing to this one. */
  readonly stranger: AuthCore
  advance(seconds: number): void
  /** Begins the random bytes anew: two deployments that do the same after the same name make the same texts. */
  seed(name: string): void
  setStoresUp(isUp: boolean): void
}

const ISSUER = 'https://api.example.com'
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
  const deployments = [openDeployment(keys), openDeployment(keys)]
  for (const { auth, stranger } of deployments) {
    // the first one makes the keys, which takes random bytes, and the second finds them
    for (const each of [auth, stranger]) await each.accessTokens.issue({ subject: 'user-1' })
  }
  return deployments
}

function openDeployment([ownKeys, strangerKeys]: SharedKeys): HeldDeployment {
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
  const own = { issuer: ISSUER, audience: ISSUER }
  return {
    auth: createAuthCore({ ...common, ...own, stores }),
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
