import { InvalidRequestError, type InvalidRequestErrorCode } from '@authcore/core'
import type { ErrorRequestHandler, RequestHandler, Response } from 'express'

/** What the demo itself refuses, in the form in which AuthCore refuses (RFC 9457). */
const PROBLEMS = {
  login_failed: { status: 401, title: 'Login failed', detail: 'The email or the password is wrong.' },
  email_taken: { status: 409, title: 'Conflict', detail: 'There is a user with this email already.' },
  route_not_found: { status: 404, title: 'Not found', detail: 'There is no such route.' },
  request_malformed: { status: 400, title: 'Invalid request', detail: 'The request is malformed.' },
  internal_error: { status: 500, title: 'Internal error', detail: 'Something went wrong here.' },
} as const

/** The stable words for what the demo refuses. */
export type ProblemCode = keyof typeof PROBLEMS

/** The caller asked for something that the demo refuses. */
export class ProblemError extends Error {
  readonly code: ProblemCode

  constructor(code: ProblemCode) {
    super(PROBLEMS[code].detail)
    this.name = 'ProblemError'
    this.code = code
  }
}

/** Answers requests that no route took. */
export const routeNotFound: RequestHandler = (_request, response) => sendProblem(response, 'route_not_found')

/**
 * Answers what is left over: the demo's own refusals, requests that Express cannot read, and faults. Nothing of an
 * unknown error reaches the caller; it goes to `report`.
 */
export function problemHandler(report: (error: unknown) => void): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error)
    if (error instanceof ProblemError) return sendProblem(response, error.code)
    if (isRefusalOfExpress(error)) return sendProblem(response, 'request_malformed')
    report(error)
    sendProblem(response, 'internal_error')
  }
}

/** Turns what a body parser of Express throws, whose messages quote the body, into the errors of AuthCore. */
export const bodyErrorHandler: ErrorRequestHandler = (error: unknown, _request, _response, next) => {
  next(isRefusalOfExpress(error) ? new InvalidRequestError(bodyErrorCode(error.status)) : error)
}

function bodyErrorCode(status: number): InvalidRequestErrorCode {
  if (status === 413) return 'request_body_too_large'
  return status === 415 ? 'request_media_type_unsupported' : 'request_body_malformed'
}

function isRefusalOfExpress(error: unknown): error is { readonly status: number } {
  const status = error instanceof Error && 'status' in error ? error.status : undefined
  return typeof status === 'number' && status >= 400 && status < 500
}

function sendProblem(response: Response, code: ProblemCode): void {
  const { status, title, detail } = PROBLEMS[code]
  response.status(status).type('application/problem+json')
  // RFC 9110 section 15.5.2: a 401 carries a challenge
  if (status === 401) response.set('WWW-Authenticate', 'Bearer realm="api"')
  response.send(JSON.stringify({ type: `urn:authcore-demo:problem:${code}`, title, status, code, detail }))
}
