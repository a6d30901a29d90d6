import type { ConfigProblem } from '@authcore/core'

const MAX_ORIGINS = 64

/** The origin of the issuer, where it is a web address. */
export function issuerOrigins(issuer: string | undefined): readonly string[] {
  const origin = issuer !== undefined && URL.canParse(issuer) ? new URL(issuer).origin : undefined
  return origin !== undefined && isOrigin(origin) ? [origin] : []
}

/** Checks a list of origins (RFC 6454 section 6.1). */
export function findOriginProblems(origins: unknown): readonly ConfigProblem[] {
  if (!Array.isArray(origins) || origins.length === 0 || origins.length > MAX_ORIGINS) {
    return [
      {
        path: 'origins',
        message: `must list the 1 to ${MAX_ORIGINS} origins whose pages may send the cookie`,
      },
    ]
  }
  return origins.flatMap((origin: unknown, index) =>
    isOrigin(origin)
      ? []
      : [{ path: `origins.${index}`, message: 'must be an origin such as https://app.example.com' }],
  )
}

function isOrigin(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^https?:/.test(value) &&
    URL.canParse(value) &&
    new URL(value).origin === value
  )
}
