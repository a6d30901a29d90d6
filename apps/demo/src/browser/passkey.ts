import { Refusal } from './api.js'

/** What the API takes as the proof of a second factor. */
export type PasskeyProof = Readonly<{ method: 'passkey'; response: unknown }>

/**
 * Has the authenticator make a passkey.
 * @param answer of the API, with `options`
 * @returns what goes back to the API
 * @throws DOMException when the owner does not want to, or the page has an address instead of a name
 */
export async function makePasskey(answer: unknown): Promise<unknown> {
  // the API speaks the JSON of WebAuthn, which the browser checks
  const options = optionsOf(answer) as PublicKeyCredentialCreationOptionsJSON
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
  return toJson(await navigator.credentials.create({ publicKey }))
}

/**
 * Has the authenticator sign a challenge.
 * @param answer of the API, with `options`
 * @throws DOMException when the owner does not want to, or there is no passkey
 */
export async function usePasskey(answer: unknown): Promise<PasskeyProof> {
  // as above
  const options = optionsOf(answer) as PublicKeyCredentialRequestOptionsJSON
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
  return { method: 'passkey', response: toJson(await navigator.credentials.get({ publicKey })) }
}

function optionsOf(answer: unknown): unknown {
  return Reflect.get(Object(answer), 'options')
}

function toJson(credential: Credential | null): unknown {
  if (credential instanceof PublicKeyCredential) return credential.toJSON()
  throw new Refusal('The browser gave no passkey.')
}
