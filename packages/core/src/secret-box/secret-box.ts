/**
 * Keys of one purpose under the root secrets, for packages and applications that build on a deployment. The keys stay
 * inside; what was made under an older root secret opens and verifies for as long as that secret is on the list.
 */
export interface SecretBox {
  /**
   * Encrypts and authenticates (AES-256-GCM, random IV).
   * @param content at most 65,536 bytes; text as UTF-8
   * @param associated what the content belongs to, such as a subject; opening needs the same text
   * @returns letters, digits, `-` and `_`; different each time
   * @throws InvalidRequestError `argument_invalid`
   */
  seal(content: string | Uint8Array, associated?: string): Promise<string>
  /**
   * Opens what `seal` made for the same purpose and associated text.
   * @returns `undefined` for every other value, whatever its type or length
   */
  open(sealed: string, associated?: string): Promise<Uint8Array | undefined>
  /** The same, for content that was text. */
  openText(sealed: string, associated?: string): Promise<string | undefined>
  /**
   * Authenticates without encrypting (HMAC-SHA-256).
   * @param content at most 65,536 bytes; text as UTF-8
   * @returns 51 letters, digits, `-` and `_`; the same for the same content and root secret
   * @throws InvalidRequestError `argument_invalid`
   */
  mac(content: string | Uint8Array): string
  /** True for what `mac` returned for this content under any root secret of the list. Never throws. */
  verifyMac(content: string | Uint8Array, mac: string): boolean
  /**
   * A name for the content under this purpose (SHA-256), as a key in a store. Needs no root secret and outlives its
   * rotation; whoever can guess the content can compute it.
   * @param content at most 65,536 bytes; text as UTF-8
   * @returns 43 letters, digits, `-` and `_`
   * @throws InvalidRequestError `argument_invalid`
   */
  hash(content: string | Uint8Array): string
}
