/**
 * The origin of the page for people: the same server by its name. Passkeys belong to a domain, and an address is none
 * (WebAuthn section 5.1.2).
 */
export function toPageOrigin(baseUrl: string): string {
  const { protocol, port } = new URL(baseUrl)
  return `${protocol}//localhost:${port}`
}
