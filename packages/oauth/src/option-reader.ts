import { ConfigError, type ConfigProblem } from '@authcore/core'

/** Reads options one by one and gathers everything that is wrong with them. */
export interface OptionReader {
  /** An own member; what stands in a polluted `Object.prototype` is not an option. */
  read(name: string): unknown
  integer(name: string, minimum: number, maximum: number, fallback: number): number
  choice<const Choice extends string>(name: string, choices: readonly Choice[], fallback: Choice): Choice
  /** The value when `isExpected` says so; `undefined` when it is left out, or wrong and thereby a problem. */
  value<Value>(
    name: string,
    isExpected: (value: unknown) => value is Value,
    expected: string,
  ): Value | undefined
  /** Options inside of an option; an empty group when it is left out. */
  group(name: string): OptionReader
  refuse(name: string, message: string): void
  /** @throws ConfigError `config_invalid` with every problem by path, unknown options included */
  finish(): void
}

/** Starts to read the options of one factory. */
export function createOptionReader(options: unknown): OptionReader {
  return readGroup(options, '', { problems: [], checks: [] })
}

interface Findings {
  readonly problems: ConfigProblem[]
  /** What is to be done when everything has been read. */
  readonly checks: (() => void)[]
}

function readGroup(options: unknown, path: string, findings: Findings): OptionReader {
  const { problems, checks } = findings
  const known = new Set<string>()
  const isGroup = typeof options === 'object' && options !== null && !Array.isArray(options)
  if (!isGroup) problems.push({ path, message: 'must be an object' })
  const members = new Map<string, unknown>(isGroup ? Object.entries(options) : [])
  const refuse = (name: string, message: string): void => {
    problems.push({ path: path === '' ? name : `${path}.${name}`, message })
  }
  const read = (name: string): unknown => {
    known.add(name)
    return members.get(name)
  }
  checks.push(() => {
    for (const name of members.keys()) if (!known.has(name)) refuse(name, 'is not an option')
  })
  return {
    read,
    integer: (name, minimum, maximum, fallback) => {
      const value = read(name)
      if (value === undefined) return fallback
      if (typeof value === 'number' && Number.isSafeInteger(value) && value >= minimum && value <= maximum) {
        return value
      }
      refuse(name, `must be a whole number from ${minimum} to ${maximum}`)
      return fallback
    },
    choice: (name, choices, fallback) => {
      const value = read(name)
      if (value === undefined) return fallback
      const choice = choices.find(candidate => candidate === value)
      if (choice === undefined) refuse(name, `must be one of ${choices.join(', ')}`)
      return choice ?? fallback
    },
    value: (name, isExpected, expected) => {
      const value = read(name)
      if (value === undefined || isExpected(value)) return value
      refuse(name, `must be ${expected}`)
      return undefined
    },
    group: name => {
      const value = read(name)
      return readGroup(value === undefined ? {} : value, path === '' ? name : `${path}.${name}`, findings)
    },
    refuse,
    finish: () => {
      for (const check of checks) check()
      if (problems.length > 0) throw new ConfigError('config_invalid', problems)
    },
  }
}
