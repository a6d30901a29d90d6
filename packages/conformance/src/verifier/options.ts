import type { Algorithm, Jwk, JwkSet, SigningKey } from '@authcore/core/jwt'
import type { TestRunner } from '../runner.js'

/**
 * Shows a token to the verifier under test: returns, or resolves, when it is accepted, and throws or rejects with an
 * `Error` when it is refused. What it returns does not matter, but for `false`, which is a mistake in the wiring.
 */
export type VerifyToken = (token: string) => unknown

/** What a verifier is wired with. Take what your library wants and leave the rest. */
export interface VerifierMaterial {
  readonly algorithm: Algorithm
  readonly issuer: string
  readonly audience: string
  /** The `typ` that tokens must have. */
  readonly typ: string
  /** The instant at which the tokens are shown, epoch milliseconds; see `clock` of the options. */
  readonly now: number
  /** The clock of the options. */
  readonly clock: () => number
  readonly clockToleranceSeconds: number
  /** What most libraries call the key: the secret of an HMAC algorithm, else the public key as PEM text. */
  readonly key: string | Uint8Array
  /** The public key as a JWK set; without keys for HMAC. */
  readonly publicJwks: JwkSet
  /** The public key as PEM text (SPKI); absent for HMAC. */
  readonly publicPem?: string
  /** The secret of an HMAC algorithm. */
  readonly secret?: Uint8Array
}

/** A verifier that the kit makes anew for each algorithm, with keys that the kit makes. */
export interface CreatedVerifier {
  readonly createVerifier: (material: VerifierMaterial) => VerifyToken | Promise<VerifyToken>
  readonly verify?: never
  readonly keys?: never
  readonly sampleToken?: never
  readonly publicJwks?: never
}

/** A verifier, or an API, that runs already. Valid tokens come from `keys` or, with fewer cases, from `sampleToken`. */
export interface ReadyVerifier {
  readonly verify: VerifyToken
  readonly createVerifier?: never
  /**
   * The issuer's keys for signing, one for each algorithm: private JWKs (or `oct`), with `alg` and the `kid` that the
   * verifier knows them by, or objects that sign.
   */
  readonly keys?: readonly (Jwk | SigningKey)[]
  /** Gets a token that the verifier accepts, another one at each call; for APIs whose keys cannot be had. */
  readonly sampleToken?: () => string | Promise<string>
  /** The published keys of the issuer, for attacks that misuse them; taken from `keys` where these are JWKs. */
  readonly publicJwks?: JwkSet
}

/** What is attacked, and what it is told to accept. */
export type AttackVerifierOptions = (CreatedVerifier | ReadyVerifier) & {
  /** How the verifier is called in the report. */
  readonly name: string
  /** Each is tried on its own. With `sampleToken` the one of those tokens. */
  readonly algorithms: readonly Algorithm[]
  /** The only issuer that is accepted. */
  readonly issuer: string
  /** The only audience that is accepted. */
  readonly audience: string
  /** The `typ` that tokens must have, `at+jwt` unless told. With `JWT` no other kind of token is tried. */
  readonly typ?: string
  /** Further claims that valid tokens need, over `iss`, `sub`, `aud`, `exp`, `iat`, `jti`, `client_id` and `scope`. */
  readonly claims?: Readonly<Record<string, string | number | boolean | readonly string[]>>
  /** Tells the time in epoch milliseconds; that of the runtime unless told. The verifier must go by the same one. */
  readonly clock?: () => number
  /** How much the verifier lets clocks differ; 0 unless told. */
  readonly clockToleranceSeconds?: number
  /** Cases that are left out, each with a reason, which the report shows. */
  readonly exclude?: Readonly<Record<string, string>>
  /** Says whether an error is a refusal; anything else is a fault of the verifier. Every `Error` is, unless told. */
  readonly isRefusal?: (error: unknown) => boolean
  /** How long one token may take; 10,000 unless told. Who takes longer hangs. */
  readonly timeoutMs?: number
  /** Calls a function after a time, and returns what calls that off; `setTimeout` of the runtime unless told. */
  readonly startTimer?: (milliseconds: number, onEnd: () => void) => () => void
}

/** The same, as tests of a runner. */
export type VerifierConformanceOptions = AttackVerifierOptions & {
  readonly runner: TestRunner
  /** `forgery` leaves what is lenient to the report; `strictness`, unless told, fails for it. */
  readonly failOn?: 'forgery' | 'strictness'
  /** Gets the report at the end, one text of several lines; `console.log` unless told. */
  readonly print?: (report: string) => void
}
