/** A server that tests use. */
export interface TestServer {
  /** `redis://127.0.0.1:6379`, `postgres://postgres@127.0.0.1:5432/postgres`, ... */
  readonly url: string
  /** Named by a variable of the environment, found running at its usual port, or started for these tests. */
  readonly origin: 'named' | 'running' | 'started'
  /** Ends a server that was started for these tests; leaves any other alone. */
  stop(): Promise<void>
}

/** A server that was started for these tests, so that they may break it. */
export interface StartedServer extends TestServer {
  readonly origin: 'started'
  readonly port: number
  /** Ends the process without a chance to tidy up (SIGKILL), and waits for its end. */
  kill(): Promise<void>
  /** Starts the process again, with the same data and at the same port, and waits until it answers. */
  restart(): Promise<void>
}

/** Why a server cannot be used. */
export interface MissingServer {
  readonly missing: string
}

/** True when there is a server to test with. */
export function isServer<Server extends TestServer>(found: Server | MissingServer): found is Server {
  return !('missing' in found)
}
