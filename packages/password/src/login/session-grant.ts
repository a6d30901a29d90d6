import { InvalidRequestError } from '@authcore/core'

/** What whoever logs in may say about the session. */
export interface SessionGrant {
  readonly clientId?: string | undefined
  readonly label?: string | undefined
}

const MAX_LENGTHS = { clientId: 255, label: 200 } as const

/**
 * Checks it before any work is done; what the texts may hold is checked where the session starts.
 * @throws InvalidRequestError `argument_invalid`
 */
export function validateGrant(options: SessionGrant): SessionGrant {
  const members = new Map<string, unknown>(Object.entries(options))
  for (const name of ['clientId', 'label'] as const) {
    const value = members.get(name)
    const isGood = value === undefined || (typeof value === 'string' && value.length <= MAX_LENGTHS[name])
    if (!isGood) {
      throw new InvalidRequestError('argument_invalid', {
        detail: `${name} must be at most ${MAX_LENGTHS[name]} characters of text.`,
      })
    }
  }
  return readGrant(members)
}

/** Reads it from members whose values were checked. */
export function readGrant(members: ReadonlyMap<string, unknown>): SessionGrant {
  const [clientId, label] = [members.get('clientId'), members.get('label')]
  return {
    ...(typeof clientId === 'string' && { clientId }),
    ...(typeof label === 'string' && { label }),
  }
}
