import type { Answer, WalkRequest } from './answer.js'
import type { Expectation } from './expectation.js'

/** What steps leave for later ones. */
export type KeptName =
  | 'email'
  | 'password'
  | 'userId'
  | 'adminToken'
  | 'accessToken'
  | 'refreshToken'
  | 'replacedRefreshToken'
  | 'apiKey'
  | 'apiKeyId'
  | 'replacedApiKey'
  | 'signingKeyId'
  | 'nextSigningKeyId'
  | 'phoneAccessToken'
  | 'phoneRefreshToken'
  | 'laptopAccessToken'
  | 'laptopRefreshToken'
  | 'stolenRefreshToken'
  | 'stolenSuccessor'
  | 'stolenAccessToken'
  | 'endedAccessToken'
  | 'endedRefreshToken'
  | 'publishedKeySet'
  | 'innerServiceUrl'
  | 'deviceToken'
  | 'personEmail'
  | 'personPassword'
  | 'personAccessToken'
  | 'totpSecret'
  | 'usedCode'
  | 'recoveryCode'
  | 'resetToken'

/** What a step works with. */
export interface StepContext {
  readonly baseUrl: string
  readonly admin: { readonly email: string; readonly password: string }
  /** Sends a request and shows both sides of it. */
  call(request: WalkRequest): Promise<Answer>
  /** Notes everything in which an answer is not what it should be. */
  expect(answer: Answer, expectation: Expectation): void
  /** Notes a problem unless something holds. */
  check(holds: boolean, problem: string): void
  keep(name: KeptName, value: string): void
  /** @throws Error when no earlier step has kept it */
  kept(name: KeptName): string
  /** Puts the clock of the demo forward. */
  advanceClock(seconds: number, reason: string): Promise<void>
  /** Ends the server and starts another one on the same data; notes a problem if it is the same. */
  restart(): Promise<void>
}

/** One step of the walk. */
export interface WalkStep {
  readonly title: string
  /** Why it matters, in one line. */
  readonly why: string
  run(step: StepContext): Promise<void>
}

/** Steps that belong together. */
export interface WalkChapter {
  readonly title: string
  readonly steps: readonly WalkStep[]
}
