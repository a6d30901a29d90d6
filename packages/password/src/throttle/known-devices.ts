import type { AuthHost } from '@authcore/core/extension'

/** Recognises devices on which somebody logged in before. */
export interface KnownDevices {
  /** @returns a text for the device to keep; it opens nothing */
  issue(subject: string): Promise<string>
  /** @returns the id of the device; `undefined` for a text that is not one of this subject, or too old */
  findDeviceId(deviceToken: unknown, subject: string): Promise<string | undefined>
}

export const DEVICE_TOKEN_PREFIX = 'dv_'

const MAX_LENGTH = 512
const ID_LENGTH = 16

/** Device tokens are sealed under a key of their own; nothing is stored. */
export function createKnownDevices(auth: AuthHost, lifetimeSeconds: number): KnownDevices {
  const box = auth.secretBox('password.device')
  return Object.freeze({
    issue: async subject => {
      const id = box.hash(auth.random(ID_LENGTH))
      return DEVICE_TOKEN_PREFIX + (await box.seal(`${auth.clock()} ${id}`, subject))
    },
    findDeviceId: async (deviceToken, subject) => {
      if (typeof deviceToken !== 'string' || deviceToken.length > MAX_LENGTH) return undefined
      if (!deviceToken.startsWith(DEVICE_TOKEN_PREFIX)) return undefined
      const text = await box.openText(deviceToken.slice(DEVICE_TOKEN_PREFIX.length), subject)
      const [issuedAt, id] = text?.split(' ') ?? []
      return auth.clock() - Number(issuedAt) < lifetimeSeconds * 1000 ? id : undefined
    },
  } satisfies KnownDevices)
}
