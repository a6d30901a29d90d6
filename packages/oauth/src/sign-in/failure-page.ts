import { type AuthError, StoreError } from '@authcore/core'

/** The same page for whatever went wrong: it quotes nothing, loads nothing and runs nothing. */
const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sign-in failed</title>
<h1>The sign-in did not work</h1>
<p>Nothing was changed. Close this page, or go back and try again.</p>
</html>
`

/** The answer to a browser that is to see a page. */
export interface FailurePage {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: { readonly mediaType: string; readonly content: string }
}

/** Builds the page; the status alone says whether to try again later. */
export function failurePage(error: AuthError): FailurePage {
  return {
    status: error instanceof StoreError ? 503 : 400,
    headers: {
      ...PAGE_HEADERS,
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      ...(error instanceof StoreError && { 'retry-after': '30' }),
    },
    text: { mediaType: 'text/html; charset=utf-8', content: PAGE },
  }
}

/** Codes and states stand in the URL of the page: nobody else is to read them there. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** What callers may learn of an error, as `@authcore/http` names it. */
export function publicCodeOf(error: AuthError): string {
  if (error instanceof StoreError) return 'temporarily_unavailable'
  const isHidden = error.code === 'sign_in_response_invalid' || error.code === 'sign_in_identity_invalid'
  return isHidden ? 'login_failed' : error.code
}
