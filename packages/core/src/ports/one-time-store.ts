import type { JsonObject } from '../json.js'

/** Names a value that counts once. `namespace` separates kinds; `key` is a hash, never the secret itself. */
export interface OneTimeKey {
  readonly namespace: string
  readonly key: string
}

/** Keeps values that count once: states, reset tokens, proof ids, time steps. One atomic command each. */
export interface OneTimeStore {
  /**
   * First come, first served until `expiresAt`. `holder` names the attempt: the same holder may repeat after a
   * lost answer and gets `reserved` again; the first expiry stays. A key that holds a value is `taken`.
   */
  reserve(
    command: OneTimeKey & { readonly holder: string; readonly expiresAt: number; readonly now: number },
  ): Promise<{ readonly outcome: 'reserved' | 'taken' }>

  /** Stores a value to be taken once. A key that exists (a value, taken or not, or a reservation) is left untouched. */
  put(
    command: OneTimeKey & { readonly value: JsonObject; readonly expiresAt: number; readonly now: number },
  ): Promise<{ readonly outcome: 'stored' | 'exists' }>

  /** Hands the value to the first holder that asks; the same holder may repeat after a lost answer. */
  take(
    command: OneTimeKey & { readonly holder: string; readonly now: number },
  ): Promise<{ readonly outcome: 'taken'; readonly value: JsonObject } | { readonly outcome: 'not_found' }>

  /** Deletes at most `limit` expired values. */
  sweep(command: { readonly now: number; readonly limit: number }): Promise<{ readonly removed: number }>
}
