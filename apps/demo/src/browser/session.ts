import { type ApiAnswer, callApi, readMember } from './api.js'

/** Who is logged in on this page. The tokens are in memory only: they end with the page. */
export interface Session {
  /** @throws Refusal `credentials_missing` by the API when nobody is logged in */
  call(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    json?: Readonly<Record<string, unknown>>,
  ): Promise<ApiAnswer>
  /** Takes the tokens of a login. */
  begin(tokens: unknown): void
  end(): void
}

/** Creates a session of nobody. */
export function createSession(): Session {
  let accessToken: string | undefined
  return {
    call: (method, path, json) =>
      callApi({ method, path, bearer: accessToken, ...(json !== undefined && { json }) }),
    begin: tokens => {
      accessToken = readMember(tokens, 'access_token')
    },
    end: () => {
      accessToken = undefined
    },
  }
}
