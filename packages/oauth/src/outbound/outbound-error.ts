/** Why a request to a provider came to nothing. */
export type OutboundFailure =
  /** The URL is not https, names an IP address, or holds a user. */
  | 'url_refused'
  /** The name stands for a private or special address. */
  | 'address_refused'
  | 'network'
  | 'timeout'
  | 'too_large'

/** Stands as the cause of `provider_unavailable`; holds neither URL nor answer. */
export class OutboundError extends Error {
  readonly reason: OutboundFailure

  constructor(reason: OutboundFailure) {
    super(`The request to the provider failed: ${reason}.`)
    this.name = 'OutboundError'
    this.reason = reason
  }
}
