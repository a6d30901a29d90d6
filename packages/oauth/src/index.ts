/**
 * OAuth 2.0 and OpenID Connect for AuthCore: sign in with a provider.
 * @module
 */
export { createOutboundFetch, type OutboundOptions } from './outbound/create-outbound-fetch.js'
export { OutboundError, type OutboundFailure } from './outbound/outbound-error.js'
export type { OutboundFetch, OutboundRequest, OutboundResponse } from './outbound/outbound-fetch.js'
