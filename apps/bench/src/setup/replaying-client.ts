/** One call of a client of a database, with all that it sends. */
export interface RecordedCall {
  readonly method: string
  readonly args: readonly unknown[]
}

/**
 * A client that writes down what it is asked and passes it on, so that the same bare command can be sent again without
 * the store around it.
 */
export function recordCalls<Client extends object>(
  client: Client,
): { readonly client: Client; readonly calls: RecordedCall[] } {
  const calls: RecordedCall[] = []
  const recording = new Proxy(client, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      return (...args: readonly unknown[]) => {
        calls.push({ method: String(name), args })
        return member.apply(target, args)
      }
    },
  })
  return { client: recording, calls }
}

/** Sends a recorded call to a client. */
export function sendCall(client: object, { method, args }: RecordedCall): Promise<unknown> {
  return Reflect.apply(Reflect.get(client, method), client, args)
}

/**
 * The same call with other values in it.
 * @param values by what stands in the recorded call
 */
export function fillIn(call: RecordedCall, values: ReadonlyMap<string, string>): RecordedCall {
  return { ...call, args: call.args.map(arg => replaceIn(arg, values)) }
}

function replaceIn(value: unknown, values: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return replaceText(value, values)
  if (typeof value === 'bigint') {
    const text = replaceText(String(value), values)
    return text === String(value) ? value : BigInt(text)
  }
  // the constant text of a statement, which carries its own marks
  if (typeof value !== 'object' || value === null || 'raw' in value) return value
  if (Array.isArray(value)) return value.map(item => replaceIn(item, values))
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, replaceIn(member, values)]))
}

function replaceText(text: string, values: ReadonlyMap<string, string>): string {
  let replaced = text
  for (const [from, to] of values) replaced = replaced.replaceAll(from, to)
  return replaced
}
