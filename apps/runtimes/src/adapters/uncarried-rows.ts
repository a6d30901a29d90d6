import { type AdapterRequest, adapterRequests } from '@authcore/conformance'

/**
 * Rows that the `Request` of this runtime cannot carry as they are, each with the reason: pages may not set some header
 * fields (Fetch, "forbidden request-header"), and some `Headers` join two cookie fields by a comma, which a server
 * joins by a semicolon before there is a `Request` (RFC 9113 section 8.2.3).
 */
export function findUncarriedRows(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    adapterRequests.flatMap(row => {
      const reason = whyUncarried(fieldNames(row))
      return reason === undefined ? [] : [[row.name, reason]]
    }),
  )
}

function whyUncarried(names: readonly string[]): string | undefined {
  const dropped = [...new Set(names)].filter(name => !isCarried(name))
  if (dropped.length > 0) return `a Request here carries no ${dropped.join(', ')}`
  const cookies = names.filter(name => name === 'cookie')
  return cookies.length > 1 && joinsCookiesByComma()
    ? 'Headers here join two cookie fields by a comma'
    : undefined
}

/** Lower-case names of all fields, as often as they come in one request. */
function fieldNames(row: AdapterRequest): readonly string[] {
  const lines = [...(row.before ?? []), row].flatMap(request => request.lines ?? [])
  return lines.map(line => line.slice(0, line.indexOf(':')).toLowerCase())
}

function isCarried(name: string): boolean {
  return new Request('https://api.example.com', { headers: { [name]: 'a' } }).headers.has(name)
}

function joinsCookiesByComma(): boolean {
  const headers = new Headers()
  headers.append('cookie', 'a=b')
  headers.append('cookie', 'c=d')
  return headers.get('cookie') !== 'a=b; c=d'
}
