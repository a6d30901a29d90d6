import {
  type AuthResponse,
  type AuthRoutesOptions,
  createAuthRoutes,
  createHttpAuth,
  type HttpAuthOptions,
} from '../src/index.js'
import { createFixture, type Fixture, START } from './fixture.js'

export interface RoutesFixture extends Fixture {
  /** Sends a request; objects become JSON. */
  send(method: string, path: string, options?: SendOptions): Promise<SentResponse>
}

export interface SendOptions {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: unknown
  readonly token?: string | undefined
  readonly url?: string
}

export interface SentResponse {
  readonly status: number
  readonly headers: AuthResponse['headers']
  readonly text: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly json: any
}

/** Routes on a real core, called as an adapter calls them. */
export function createRoutesFixture(options: AuthRoutesOptions = {}, http?: HttpAuthOptions): RoutesFixture {
  const fixture = createFixture()
  const auth = http === undefined ? fixture.auth : createHttpAuth(fixture.auth, http)
  const routes = createAuthRoutes(auth, options)
  return {
    ...fixture,
    send: async (method, path, { headers = {}, body, token, url = path } = {}) => {
      const isObject = typeof body === 'object' && !(body instanceof Uint8Array)
      const response = await routes.handle({
        method,
        path,
        url,
        headers: {
          ...(isObject && { 'content-type': 'application/json' }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        readBody: async () => (isObject ? JSON.stringify(body) : body),
      })
      if (response === undefined) return { status: 0, headers: {}, text: undefined, json: undefined }
      const text = response.body
      return { ...response, text, json: text === undefined ? undefined : JSON.parse(text) }
    },
  }
}

export const START_SECONDS: number = START / 1000

export const FORM = { 'content-type': 'application/x-www-form-urlencoded' } as const

export const SAME_ORIGIN = { origin: 'https://api.example.com' } as const
