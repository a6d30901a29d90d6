import type { DemoAnswer } from './demo-route.js'

/** On every answer, unless it says otherwise itself. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** Answers with JSON. */
export function json(status: number, body: unknown): DemoAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
