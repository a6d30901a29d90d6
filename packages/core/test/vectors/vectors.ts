import { readFileSync } from 'node:fs'
import type { Algorithm } from '../../src/jws/algorithms.js'

/** A public key or secret as an RFC prints it. */
export type VectorKey = { readonly kty: string } & Readonly<Record<string, string>>

/** One example of a JWS: a token, its key, and what a strict verifier says about it. */
export interface JwsVector {
  readonly section: string
  /** What is special about it. */
  readonly note?: string
  readonly algorithm: Algorithm
  readonly key: VectorKey
  readonly token: string
  /** `accepted`, or the code of the refusal. */
  readonly result: string
  /** As text, where the token is accepted. */
  readonly payload?: string
}

/** The examples of one RFC. */
export interface JwsVectors {
  /** Title, section and address of the RFC, and what is not printed there. */
  readonly source: string
  readonly vectors: readonly JwsVector[]
}

/** Tokens that were made for the rules of one RFC, all under one key. */
export interface JwtVectors<Options> {
  readonly source: string
  /** Seconds since 1970. */
  readonly now: number
  readonly key: VectorKey
  readonly options: Options
  readonly vectors: readonly Omit<JwsVector, 'algorithm' | 'key' | 'payload'>[]
}

interface RefusedKey {
  readonly section: string
  readonly note: string
  readonly key: VectorKey
  readonly algorithm: Algorithm
}

interface Names {
  readonly issuer: string
  readonly audience: string
}

export const RFC_7515: JwsVectors = read('rfc7515')
export const RFC_7520: JwsVectors = read('rfc7520')
export const RFC_7797: JwsVectors = read('rfc7797')
export const RFC_8037: JwsVectors & { readonly privateKey: VectorKey; readonly thumbprint: string } =
  read('rfc8037')
export const RFC_7636: {
  readonly source: string
  readonly vectors: readonly { readonly verifier: string; readonly challenge: string }[]
} = read('rfc7636')
export const RFC_7638: {
  readonly source: string
  readonly vectors: readonly { readonly key: VectorKey; readonly thumbprint: string }[]
} = read('rfc7638')
export const RFC_8725: JwtVectors<
  Names & { readonly algorithms: readonly Algorithm[]; readonly typ: string }
> & {
  readonly refusedKeys: readonly RefusedKey[]
} = read('rfc8725')
export const RFC_9068: JwtVectors<Names> = read('rfc9068')

/** Every example of a JWS that is accepted, with the place where it stands. */
export const GOOD_JWS: readonly (JwsVector & { readonly source: string; readonly payload: string })[] = [
  RFC_7515,
  RFC_7520,
  RFC_7797,
  RFC_8037,
].flatMap(({ source, vectors }) =>
  vectors.flatMap(({ payload, ...vector }) =>
    payload === undefined
      ? []
      : [{ ...vector, payload, source: `${source.split(',', 1)[0]} section ${vector.section}` }],
  ),
)

/** The file is ours, and its shape is what the type says. */
function read<Vectors>(name: string): Vectors {
  return JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8'))
}
