/** The verifier did neither accept nor refuse: it broke. */
export class VerifierFaultError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'VerifierFaultError'
  }
}

/** This token cannot be brought before the verifier, as a line break cannot go into a header field. */
export class TokenNotSendableError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'TokenNotSendableError'
  }
}

/** A server refused the token. */
export class TokenRefusedError extends Error {
  readonly status: number

  constructor(status: number) {
    super(`refused with status ${status}`)
    this.name = 'TokenRefusedError'
    this.status = status
  }
}
