import type { StoreName } from '../options.js'

/** What the main process asks of a worker. `instance` names what `open` has opened. */
export type WorkerRequest =
  | {
      readonly request: number
      readonly kind: 'open'
      readonly instance: number
      readonly connection: unknown
    }
  | { readonly request: number; readonly kind: 'close'; readonly instance: number }
  | {
      readonly request: number
      readonly kind: 'call'
      readonly instance: number
      readonly store: StoreName
      readonly method: string
      readonly argument: unknown
    }

/** What the worker answers. */
export type WorkerAnswer =
  | { readonly request: number; readonly value: unknown }
  | { readonly request: number; readonly error: SentError }

/** An error on its way between processes: class and code decide, so these must arrive. */
export interface SentError {
  readonly name: string
  readonly message: string
  readonly code: unknown
}

export function toSentError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), code: undefined }
  return { name: error.name, message: error.message, code: Reflect.get(error, 'code') }
}

export function fromSentError({ name, message, code }: SentError): Error {
  const error = name === 'TypeError' ? new TypeError(message) : new Error(message)
  error.name = name
  return Object.assign(error, code === undefined ? {} : { code })
}
