import { type Algorithm, importKey, verifyJws } from '@authcore/core/jwt'
import { type Check, expectEqual, verdictOf } from '../check.js'

/** One example of a JWS as an RFC prints it. */
export interface Vector {
  readonly section: string
  readonly algorithm: Algorithm
  readonly key: Readonly<Record<string, string>>
  readonly token: string
  /** `accepted`, or the code of the refusal. */
  readonly result: string
}

/** The examples of one RFC. */
export interface VectorFile {
  readonly source: string
  readonly vectors: readonly Vector[]
}

/** The examples of the RFCs: the files of the tests of core. */
export function vectorChecks(files: readonly VectorFile[]): readonly Check[] {
  return files.map(({ source, vectors }) => ({
    name: `examples of ${source.split(',', 1)[0]}`,
    run: async () => {
      for (const vector of vectors) {
        expectEqual(await judge(vector), vector.result, `section ${vector.section}`)
      }
    },
  }))
}

function judge({ algorithm, key, token }: Vector): Promise<string> {
  return verdictOf(async () => {
    await verifyJws(token, await importKey(key, { algorithm }), { algorithms: [algorithm] })
  })
}
