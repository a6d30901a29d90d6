import type { DemoAuth } from '../demo-auth.js'

/** One kind of credential beside the others. */
export interface MethodDescription {
  readonly kind: string
  readonly looks_like: string
  readonly sent_as: string
  /** What somebody finds who steals the database. */
  readonly kept_at_rest: string
  readonly verified_by: string
  readonly lifetime: string
  readonly revoked_by: string
  /** For how long, at most, one that was revoked can still be accepted. */
  readonly staleness_bound_seconds: number
  readonly choose_when: string
}

/** The answer of `GET /api/methods`. */
export interface MethodComparison {
  readonly methods: readonly MethodDescription[]
  readonly rule_of_thumb: string
}

/** Compares the kinds of credentials as this deployment has them: with the default lifetimes. */
export function describeMethods({ revocation }: Pick<DemoAuth, 'revocation'>): MethodComparison {
  return {
    methods: [
      {
        kind: 'access token',
        looks_like: 'A JWT (RFC 9068): eyJ..., three parts, typ at+jwt',
        sent_as: 'Authorization: Bearer',
        kept_at_rest: 'Nothing',
        verified_by: 'Signature, claims, then one look-up of revocations; nothing is written',
        lifetime: '15 minutes',
        revoked_by: 'Logout, sign out everywhere, theft of its refresh token, or its own jti',
        staleness_bound_seconds: revocation.stalenessBoundSeconds,
        choose_when: 'A person uses an app, or services verify by themselves with the JWK set',
      },
      {
        kind: 'refresh token',
        looks_like: 'rt_... with a tag that proves who issued it',
        sent_as: 'Body of POST /auth/refresh, and nowhere else',
        kept_at_rest: 'SHA-256 of the current one, on the session',
        verified_by: 'Tag first, so that a forgery costs no store call; then one atomic rotation',
        lifetime: '14 days without use, 90 days in all; each one is used once',
        revoked_by: 'Logout, sign out everywhere, or by coming back after it was replaced',
        staleness_bound_seconds: 0,
        choose_when: 'Beside every access token of a person: short tokens, long sessions',
      },
      {
        kind: 'API key',
        looks_like: 'sk_live_... with a checksum that secret scanners know',
        sent_as: 'X-API-Key, or Authorization: Bearer',
        kept_at_rest: 'HMAC-SHA-256 under a pepper that is not in the database',
        verified_by: 'Checksum first, then one read by id and a comparison in constant time',
        lifetime: 'Until revoked, or as long as it was issued for',
        revoked_by: 'Its owner; a rotation lets the old one live for an overlap',
        staleness_bound_seconds: 0,
        choose_when: 'A machine calls: scripts, builds, servers of a customer',
      },
    ],
    rule_of_thumb: 'People get sessions (access and refresh token), machines get API keys.',
  }
}
