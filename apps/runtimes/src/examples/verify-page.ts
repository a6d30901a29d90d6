import { AuthError, createAccessTokenVerifier } from '@authcore/core'

/**
 * Verifies an access token on a page: `<form><textarea name="token"></textarea></form><output></output>`, and the
 * settings in `data-issuer`, `data-audience` and `data-jwks` of the form.
 */
export function verifyOnSubmit(form: HTMLFormElement, output: HTMLOutputElement): void {
  const { issuer = '', audience = '', jwks = '{"keys":[]}' } = form.dataset
  const verifier = createAccessTokenVerifier({ issuer, audience, jwks: JSON.parse(jwks) })
  form.addEventListener('submit', async event => {
    event.preventDefault()
    const token = String(new FormData(form).get('token')).trim()
    try {
      const { subject, expiresAt } = await verifier.verify(token)
      output.textContent = `${subject}, until ${new Date(expiresAt).toISOString()}`
    } catch (error) {
      output.textContent = error instanceof AuthError ? `refused: ${error.code}` : 'failed'
    }
  })
}

const [form] = document.forms
const output = document.querySelector('output')
if (form && output) verifyOnSubmit(form, output)
