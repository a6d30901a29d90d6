const LOOPBACK_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/** Whether a URL names this machine itself. */
export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK_HOSTS.includes(hostname)
}

/** Whether a URL may be asked for secrets: `https`, or `http` where it stays on this machine. */
export function isSafeScheme(url: URL, allowLoopback: boolean): boolean {
  return url.protocol === 'https:' || (allowLoopback && url.protocol === 'http:' && isLoopback(url))
}
