import type { AdminLogin } from '../app.js'
import type { Framework } from '../frameworks/frameworks.js'
import type { StateOptions } from '../state/open-state.js'

/** How a server process is to start. */
export interface ServerStart {
  readonly port: number
  readonly isPortFixed: boolean
  readonly framework: Framework
  readonly admin: AdminLogin
  readonly state: StateOptions
}

/** What is asked of a server process, over the channel of its parent: none of this can be reached over HTTP. */
export type ServerCommand =
  | { readonly kind: 'start'; readonly start: ServerStart }
  | { readonly kind: 'advance_clock'; readonly seconds: number }
  | { readonly kind: 'show_mails' }
  | { readonly kind: 'stop' }

/** What a server process says of itself. */
export interface ServerStatus {
  readonly baseUrl: string
  readonly port: number
  readonly clockOffsetSeconds: number
}

export interface ServerRequest {
  readonly request: number
  readonly command: ServerCommand
}

export type ServerAnswer =
  | { readonly request: number; readonly status: ServerStatus }
  | {
      readonly request: number
      readonly failure: string
      /** Whoever started it can do something about it. */
      readonly isExpected: boolean
    }
