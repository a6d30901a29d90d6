import type { AuthHost } from '../auth-host.js'
import { refuseState } from '../provider/sign-in-failure.js'
import { randomText } from '../random-text.js'
import { isText, membersOf, parseJson } from '../text.js'
import { findFreeSlot, findStateCookie, isSlot, type RequestHeaders } from './state-cookie.js'

/** For whom an identity is to be linked. */
export interface LinkRequest {
  readonly subject: string
  readonly sessionId?: string
}

/** One sign-in that is under way; kept by the browser, sealed. */
export interface SignInState {
  readonly provider: string
  /** Its first character names the slot of the cookie. */
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
  readonly returnTo: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
  readonly link?: LinkRequest
}

/** The sign-ins of a deployment that are under way. */
export interface SignInStates {
  /** Begins one. @returns the state and its sealed text for the cookie */
  create(
    begin: Pick<SignInState, 'provider' | 'returnTo' | 'link'>,
    headers: RequestHeaders,
  ): Promise<{ readonly state: SignInState; readonly sealed: string; readonly slot: string }>
  /**
   * Takes up the one that an answer belongs to, in this browser and of this provider, once.
   * @throws SignInFailure
   * @throws StoreError
   */
  take(parameters: URLSearchParams, headers: RequestHeaders, provider: string): Promise<SignInState>
}

/** How long somebody may take at the provider. */
export const SIGN_IN_SECONDS = 600

const STATE = /^[0-9][0-9a-f]{48}$/
const PURPOSE = 'oauth.sign-in'

/** Prepares them. What is under way costs no store anything before it comes back. */
export function createSignInStates({ secretBox, clock, random, stores }: AuthHost): SignInStates {
  const box = secretBox(PURPOSE)

  const find = async (parameters: URLSearchParams, headers: RequestHeaders) => {
    const [text = '', second] = parameters.getAll('state')
    const slot = text.slice(0, 1)
    if (second !== undefined || !STATE.test(text) || !isSlot(slot)) throw refuseState('state_unknown')
    const sealed = findStateCookie(headers, slot)
    const content = sealed === undefined ? undefined : await box.openText(sealed)
    const state = content === undefined ? undefined : readState(content)
    // the cookie may be of a later sign-in in the same slot
    if (state === undefined || state.state !== text) throw refuseState('state_unknown')
    return state
  }

  return Object.freeze({
    create: async ({ provider, returnTo, link }, headers) => {
      const slot = findFreeSlot(headers)
      const state: SignInState = {
        provider,
        returnTo,
        state: slot + randomText(random, 24),
        nonce: randomText(random, 24),
        codeVerifier: randomText(random, 32),
        expiresAt: clock() + 1000 * SIGN_IN_SECONDS,
        ...(link !== undefined && { link }),
      }
      return { state, slot, sealed: await box.seal(JSON.stringify(state)) }
    },
    take: async (parameters, headers, provider) => {
      const state = await find(parameters, headers)
      if (state.provider !== provider) throw refuseState('provider_mismatch')
      const now = clock()
      if (now >= state.expiresAt) throw refuseState('state_expired')
      const { outcome } = await stores.oneTime.reserve({
        namespace: PURPOSE,
        key: box.hash(state.state),
        holder: randomText(random, 16),
        expiresAt: state.expiresAt,
        now,
      })
      if (outcome === 'taken') throw refuseState('state_replayed')
      return state
    },
  } satisfies SignInStates)
}

/** It was sealed here; an older version of this package may have written other members. */
function readState(content: string): SignInState | undefined {
  const members = membersOf(parseJson(content))
  const [provider, state, nonce] = ['provider', 'state', 'nonce'].map(name => members.get(name))
  const [codeVerifier, returnTo, expiresAt] = ['codeVerifier', 'returnTo', 'expiresAt'].map(name =>
    members.get(name),
  )
  const link = members.get('link')
  if (!isText(provider, 32) || !isText(state, 64) || !isText(nonce, 64)) return undefined
  if (!isText(codeVerifier, 128) || !isText(returnTo, 2048) || typeof expiresAt !== 'number') return undefined
  const known = { provider, state, nonce, codeVerifier, returnTo, expiresAt }
  if (link === undefined) return known
  const request = readLink(link)
  return request && { ...known, link: request }
}

function readLink(link: unknown): LinkRequest | undefined {
  const members = membersOf(link)
  const [subject, sessionId] = [members.get('subject'), members.get('sessionId')]
  if (typeof subject !== 'string') return undefined
  return typeof sessionId === 'string' ? { subject, sessionId } : { subject }
}
