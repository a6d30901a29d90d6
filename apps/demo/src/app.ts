import type { RequestListener } from 'node:http'
import type { Clock } from '@authcore/core'
import { createPasswordHasher, type PasswordHasher } from '@authcore/password'
import { type CleanUp, createSweepCounter } from './clean-up.js'
import { createDemoAuth, type DemoAuth } from './demo-auth.js'
import { type Framework, loadFramework } from './frameworks/frameworks.js'
import { createPeople } from './people/create-people.js'
import { createMailbox } from './people/mailbox.js'
import { toPageOrigin } from './people/page-origin.js'
import { apiRoutes } from './routes/api-routes.js'
import { gatewayRoutes } from './routes/gateway-routes.js'
import { pageRoutes } from './routes/page-routes.js'
import { createAnswerFault } from './routes/problem.js'
import type { DemoState } from './state/open-state.js'

/** How the demo is set up. */
export interface DemoAppOptions {
  /** Where it is reached, such as `http://127.0.0.1:3000`. */
  readonly baseUrl: string
  /** Where the service behind the gateway is reached. */
  readonly innerServiceUrl: string
  /** Express unless told. */
  readonly framework?: Framework
  readonly clock: Clock
  readonly state: Pick<DemoState, 'stores' | 'users' | 'secret'>
  readonly admin: AdminLogin
  /** That of `@authcore/password` unless told. */
  readonly hasher?: PasswordHasher
  /** Gets the errors that are nobody's request; the console unless told. */
  readonly report?: (error: unknown) => void
  /** Gets the mails once they are shown; the console unless told. */
  readonly print?: (text: string) => void
}

/** The demo, ready to be served. */
export interface DemoApp {
  readonly listener: RequestListener
  readonly auth: DemoAuth
  /** Deletes what has expired. */
  readonly cleanUp: CleanUp
  /** Prints every mail from now on. */
  readonly showMails: () => void
}

/** How the admin logs in: the user with the role `admin`, who is there from the first start on. */
export interface AdminLogin {
  readonly email: string
  readonly password: string
}

/** Puts the reference API together. Nothing listens yet. */
export async function createDemoApp(options: DemoAppOptions): Promise<DemoApp> {
  const { baseUrl, innerServiceUrl, framework = 'express', clock, state, admin } = options
  const { hasher = createPasswordHasher(), report = console.error, print = console.log } = options
  const { users, secret } = state
  const { stores, count } = createSweepCounter(state.stores)
  const peopleUrl = `${toPageOrigin(baseUrl)}/people`
  const auth = createDemoAuth({ baseUrl, clock, stores, secret })
  const cleanUp: CleanUp = batchSize => count(() => auth.sweep(batchSize === undefined ? {} : { batchSize }))
  await users.addOrSetPassword({
    email: admin.email,
    passwordHash: await hasher.hash(admin.password),
    roles: ['admin'],
  })
  const mailbox = createMailbox(clock, print)
  const createListener = await loadFramework(framework)
  const listener = await createListener({
    auth,
    authRoutes: {
      jwks: false,
      refreshCookie: false,
      extensions: createPeople({ auth, users, hasher, mailbox, pageUrl: peopleUrl }),
    },
    rootRoutes: { refresh: false, logout: false, sessions: false, apiKeys: false },
    routes: [
      ...pageRoutes({ baseUrl, peopleUrl, methods: auth, adminEmail: admin.email }),
      ...apiRoutes({ auth, users, mailbox, cleanUp }),
      ...gatewayRoutes({ auth, innerServiceUrl }),
    ],
    answerFault: createAnswerFault(report),
  })
  return { listener, auth, cleanUp, showMails: mailbox.showMails }
}
