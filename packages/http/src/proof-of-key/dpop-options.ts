import type { ConfigProblem } from '@authcore/core'
import { findUnknownMembers } from '../unknown-members.js'

/** How DPoP is spoken over HTTP. */
export interface DpopHttpOptions {
  /** The origin under which clients know this server, such as `https://api.example.com`; that of the issuer unless told. */
  readonly origin?: string
}

/** The options, checked and complete. */
export interface DpopHttpSettings {
  readonly origin: string
}

/** What of a deployment DPoP needs. */
export interface DpopDeployment {
  readonly dpop?: unknown
  readonly issuer?: string
}

/** Checks the options of DPoP; without options it is not spoken. */
export function parseDpopOptions(
  given: unknown,
  { dpop: verifier, issuer }: DpopDeployment,
): { readonly dpop?: DpopHttpSettings; readonly problems: readonly ConfigProblem[] } {
  if (given === undefined) return { problems: [] }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return {
      problems: [
        { path: 'dpop', message: "must be an object such as { origin: 'https://api.example.com' }" },
      ],
    }
  }
  const told: unknown = Object.hasOwn(given, 'origin') ? Reflect.get(given, 'origin') : undefined
  const origin = told ?? originOf(issuer)
  const problems = [
    ...findUnknownMembers(given, ['origin'], 'dpop'),
    ...(verifier === undefined
      ? [{ path: 'dpop', message: 'needs `dpop`, which the first argument lacks' }]
      : []),
  ]
  if (isOrigin(origin)) return { dpop: Object.freeze({ origin }), problems }
  const message = 'must be the origin under which clients know this server, such as https://api.example.com'
  return { problems: [...problems, { path: 'dpop.origin', message }] }
}

function originOf(issuer: string | undefined): string | undefined {
  return issuer !== undefined && URL.canParse(issuer) ? new URL(issuer).origin : undefined
}

function isOrigin(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    /^https?:/.test(value) &&
    URL.canParse(value) &&
    new URL(value).origin === value
  )
}
