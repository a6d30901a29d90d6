/** What happened to the rows of one adapter. */
export interface AdapterReport {
  readonly name: string
  readonly protocol: string
  passed: number
  failed: number
  /** Reasons by the name of the row. */
  readonly leftOut: Map<string, string>
}

/** The report as text. */
export function formatAdapterReport({ name, protocol, passed, failed, leftOut }: AdapterReport): string {
  return [
    `Requests to ${name} over ${protocol}: ${passed} passed, ${failed} failed, ${leftOut.size} left out`,
    ...[...leftOut].map(([row, reason]) => `  left out  ${row}: ${reason}`),
  ].join('\n')
}
