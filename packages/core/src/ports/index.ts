/**
 * The ports: what AuthCore needs from outside. Implement these to plug in another database; the `assert` functions
 * check what a command carries.
 * @module
 */
export type { AuthEvent, AuthEventSink } from '../events.js'
export type { JsonObject, JsonValue } from '../json.js'
export type { Confirmation } from '../principal.js'
export type * from './api-key-store.js'
export * from './assert-arguments.js'
export * from './assert-document.js'
export type { Clock } from './clock.js'
export type * from './document-store.js'
export type { CreateTimeout, Fetch, FetchResponse, ReadableStreamOfBytes, TimeoutSignal } from './fetch.js'
export type * from './one-time-store.js'
export type { Random } from './random.js'
export type * from './rate-limit-store.js'
export type * from './revocation-store.js'
export type * from './session-store.js'
export type * from './signing-key-store.js'
export type { Stores } from './stores.js'
