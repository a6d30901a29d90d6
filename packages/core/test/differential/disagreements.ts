import type { Defect } from './judge.js'
import type { PeerName } from './verifiers.js'

/** Why ours refuses what a peer accepts: one defect of the token, and the rule that makes it one. */
export interface StricterClass {
  /** The peers that have been seen to accept it. Any other is a finding. */
  readonly peers: readonly PeerName[]
  readonly reason: string
}

const ALL: readonly PeerName[] = ['jose', 'fast-jwt', 'jsonwebtoken']

/**
 * Ours refuses, the peer accepts: every defect of the token must stand here with that peer. What does not stand here
 * (a wrong signature, a missing part, an expired token, another issuer, an unknown algorithm) nobody may accept. The
 * other way round there is no class: what ours accepts, every peer that knows the algorithm accepts.
 */
export const STRICTER: Readonly<Partial<Record<Defect, StricterClass>>> = {
  base64url: {
    peers: ALL,
    reason:
      'RFC 7515 section 2 knows no padding, white space or other alphabet, and RFC 4648 section 3.5 lets decoders ' +
      'refuse spare bits that are not zero: one token must not have two texts',
  },
  utf8: {
    peers: ALL,
    reason: 'RFC 7519 section 7.2 steps 3 and 10, RFC 8259 section 8.1: UTF-8, without a byte order mark',
  },
  repeated_name: {
    peers: ALL,
    reason:
      'RFC 7515 section 4 and RFC 7519 section 4: names are unique; two parsers that take another of two values ' +
      'see two different tokens',
  },
  lone_surrogate: {
    peers: ALL,
    reason: 'RFC 7493 section 2.1: half of a surrogate pair is no character, and stores and logs change it',
  },
  depth: { peers: ALL, reason: 'RFC 8259 section 9: a parser may set a limit on nesting; ours is 32' },
  number_range: {
    peers: ALL,
    reason:
      'RFC 7493 section 2.2: numbers beyond the range of doubles read as Infinity, which no date compares with',
  },
  unsupported_header: {
    peers: ALL,
    reason:
      'RFC 7515 section 4.1.11, RFC 7797 section 6, RFC 8725 section 3.10: what changes the meaning of a token or ' +
      'brings its own key must not be passed over',
  },
  header_type: {
    peers: ALL,
    reason:
      'RFC 7515 sections 4.1.4 and 4.1.9: typ and kid are strings; a kid beyond 256 characters is no id',
  },
  algorithm_of_another_key: {
    peers: ALL,
    reason: 'RFC 8725 section 3.1: each key is used with exactly one algorithm; peers bind it to a family',
  },
  claim_type: {
    peers: ALL,
    reason:
      'RFC 7519 section 4.1: iss, sub and jti are strings, aud strings, dates numbers, also where unchecked',
  },
  date_range: {
    peers: ALL,
    reason:
      'RFC 7519 section 2: a NumericDate is a point in time; beyond the year 275760 there is none for Date',
  },
  no_expiration: {
    peers: ['jsonwebtoken'],
    reason: 'RFC 9068 section 2.2: exp is required; jsonwebtoken has no option that says so',
  },
  expires_now: {
    peers: ['fast-jwt'],
    reason: 'RFC 7519 section 4.1.4: the token must not be accepted on or after exp',
  },
  issued_in_future: {
    peers: ALL,
    reason:
      'RFC 7519 section 4.1.6: iat is when the token was issued; one from the future was not, or a clock is off',
  },
}
