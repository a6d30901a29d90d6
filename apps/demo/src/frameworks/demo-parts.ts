import type { RequestListener } from 'node:http'
import type { AuthRoutesOptions } from '@authcore/http'
import type { DemoAuth } from '../demo-auth.js'
import type { DemoRoute } from '../routes/demo-route.js'
import type { AnswerFault } from '../routes/problem.js'

/** What every framework puts together. */
export interface DemoParts {
  readonly auth: DemoAuth
  /** The routes of AuthCore below `/auth`. */
  readonly authRoutes: AuthRoutesOptions
  /** The routes of AuthCore at the root: the key set, where resource servers look for it. */
  readonly rootRoutes: AuthRoutesOptions
  readonly routes: readonly DemoRoute[]
  readonly answerFault: AnswerFault
}

/** Puts the demo together with one framework, for a server of Node. */
export type CreateListener = (parts: DemoParts) => RequestListener | Promise<RequestListener>
