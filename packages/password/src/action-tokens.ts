import type { AnyAuthCore } from '@authcore/core/extension'
import type { IssuedActionToken } from './login/login.js'
import { createSealedTokens } from './sealed-tokens.js'

/** What a token lets its holder do, once. */
export interface ActionTokenContent {
  readonly subject: string
  /** What must still be so when the token comes back. */
  readonly state: string
}

/** A token that was opened and has not expired. */
export interface OpenedActionToken extends ActionTokenContent {
  readonly expiresAt: number
  readonly nonce: string
}

/** Tokens that travel by e-mail. */
export interface ActionTokens {
  issue(content: ActionTokenContent): Promise<IssuedActionToken>
  /** @returns `undefined` for a token that was made up, or has expired: no store is asked about those */
  open(token: unknown): Promise<OpenedActionToken | undefined>
  /** Uses a token up: exactly one of any number of calls gets `true`. A hash is all that is stored. */
  spend(token: OpenedActionToken): Promise<boolean>
  /** A name for what a token is bound to. */
  toState(...parts: readonly string[]): string
}

/** How tokens of one kind look and how long they live. */
export interface ActionTokenKind {
  readonly prefix: string
  readonly purpose: string
  readonly lifetimeSeconds: number
}

const NONCE_LENGTH = 32

/** Prepares tokens of one kind under a key of their own. */
export function createActionTokens(
  auth: AnyAuthCore,
  { prefix, purpose, lifetimeSeconds }: ActionTokenKind,
): ActionTokens {
  const box = auth.secretBox(purpose)
  const tokens = createSealedTokens(prefix, box)
  return Object.freeze({
    issue: async ({ subject, state }) => {
      const expiresAt = auth.clock() + lifetimeSeconds * 1000
      const nonce = box.hash(auth.random(NONCE_LENGTH))
      return Object.freeze({ token: await tokens.issue({ subject, state, expiresAt, nonce }), expiresAt })
    },
    open: async token => {
      const members = await tokens.open(token)
      const expiresAt = Number(members?.get('expiresAt'))
      if (members === undefined || auth.clock() >= expiresAt) return undefined
      const text = (name: string): string => String(members.get(name))
      return { subject: text('subject'), state: text('state'), nonce: text('nonce'), expiresAt }
    },
    spend: async ({ nonce, expiresAt }) => {
      const { outcome } = await auth.stores.oneTime.reserve({
        namespace: purpose,
        key: box.hash(nonce),
        holder: box.hash(auth.random(NONCE_LENGTH)),
        expiresAt,
        now: auth.clock(),
      })
      return outcome === 'reserved'
    },
    toState: (...parts) => box.hash(JSON.stringify(parts)),
  } satisfies ActionTokens)
}
