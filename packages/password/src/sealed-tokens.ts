import type { JsonObject, SecretBox } from '@authcore/core'

const MAX_LENGTH = 4096

/** A token that carries its own content: sealed, so that it is neither read nor made by others. */
export interface SealedTokens {
  issue(content: JsonObject): Promise<string>
  /** @returns the members; `undefined` for whatever was not issued here */
  open(token: unknown): Promise<ReadonlyMap<string, unknown> | undefined>
}

/** Tokens of one kind: the prefix tells people what it is, the box keeps kinds apart. */
export function createSealedTokens(prefix: string, box: SecretBox): SealedTokens {
  return Object.freeze({
    issue: async content => prefix + (await box.seal(JSON.stringify(content))),
    open: async token => {
      if (typeof token !== 'string' || token.length > MAX_LENGTH || !token.startsWith(prefix))
        return undefined
      const text = await box.openText(token.slice(prefix.length))
      // what opens was written by `issue`
      return text === undefined ? undefined : new Map(Object.entries(JSON.parse(text)))
    },
  } satisfies SealedTokens)
}
