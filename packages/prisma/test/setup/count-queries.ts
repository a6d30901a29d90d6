interface Connection {
  queryRaw(query: never): Promise<unknown>
  executeRaw(query: never): Promise<unknown>
  executeScript(script: string): Promise<unknown>
  startTransaction(...options: never[]): Promise<unknown>
}

/** Counts what goes to the database through a driver adapter; a transaction counts as well. */
export function countQueries<Factory extends { connect(): Promise<Connection> }>(
  factory: Factory,
): { readonly adapter: Factory; readonly count: () => number } {
  let queries = 0
  const connect = factory.connect.bind(factory)
  factory.connect = async () => {
    const connection = await connect()
    for (const method of ['queryRaw', 'executeRaw', 'executeScript', 'startTransaction'] as const) {
      const original: (...args: never[]) => Promise<unknown> = connection[method].bind(connection)
      connection[method] = (...args: never[]) => {
        queries += 1
        return original(...args)
      }
    }
    return connection
  }
  return { adapter: factory, count: () => queries }
}
