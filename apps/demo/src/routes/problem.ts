import type { DemoAnswer } from './demo-route.js'

/** What the demo itself refuses, in the form in which AuthCore refuses (RFC 9457). */
const PROBLEMS = {
  route_not_found: { status: 404, title: 'Not found', detail: 'There is no such route.' },
  request_malformed: { status: 400, title: 'Invalid request', detail: 'The request is malformed.' },
  inner_service_unavailable: {
    status: 502,
    title: 'Bad gateway',
    detail: 'The inner service does not answer.',
  },
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

/** The answer to requests that no route took. */
export const ROUTE_NOT_FOUND: DemoAnswer = problem('route_not_found')

/** Answers an error that is none of AuthCore's. */
export type AnswerFault = (error: unknown) => DemoAnswer

/**
 * Answers what is left over: the demo's own refusals, requests that the framework cannot read, and faults. Nothing of
 * an unknown error reaches the caller; it goes to `report`.
 */
export function createAnswerFault(report: (error: unknown) => void): AnswerFault {
  return error => {
    if (error instanceof ProblemError) return problem(error.code)
    if (isRefusalOfFramework(error)) return problem('request_malformed')
    report(error)
    return problem('internal_error')
  }
}

/** Express, Koa and Hono say `status`, Fastify says `statusCode`. */
function isRefusalOfFramework(error: unknown): boolean {
  const { status, statusCode = status }: { readonly status?: unknown; readonly statusCode?: unknown } =
    Object(error)
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500
}

function problem(code: ProblemCode): DemoAnswer {
  const { status, title, detail } = PROBLEMS[code]
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type: `urn:authcore-demo:problem:${code}`, title, status, code, detail }),
  }
}
