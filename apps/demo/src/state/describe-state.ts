import type { StateOptions } from './open-state.js'

/** Says where the data are and how to get rid of them, without passwords. */
export function describeState({
  folder,
  databaseUrl,
  redisUrl,
  redisPrefix,
  secret,
}: StateOptions): readonly string[] {
  return [
    databaseUrl === undefined
      ? `Data: PGlite in ${folder}, kept between starts.\n      To start anew: rm -r '${folder}'`
      : `Data: PostgreSQL at ${describePlace(databaseUrl)}, kept between starts.\n      To start anew: drop the tables authcore_* and demo_*`,
    ...(databaseUrl !== undefined && secret === undefined ? [`Root secret: in ${folder}`] : []),
    ...(redisUrl === undefined
      ? []
      : [`Revocations, one-time values, rate limits: Redis at ${describePlace(redisUrl)}, ${redisPrefix}*`]),
  ]
}

function describePlace(url: string): string {
  try {
    const { host, pathname } = new URL(url)
    return `${host}${pathname}`
  } catch {
    // a connection string of another form may hold a password anywhere
    return 'the address that was given'
  }
}
