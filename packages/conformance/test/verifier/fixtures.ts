import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AuthError, importKey, verifyJwt } from '@authcore/core/jwt'
import type { AttackVerifierOptions, CreatedVerifier } from '../../src/index.js'

/** Of the verifier under test; the time is held. */
export const FRAME: Required<Pick<AttackVerifierOptions, 'issuer' | 'audience' | 'clock'>> = {
  issuer: 'https://issuer.example.com',
  audience: 'https://api.example.com',
  clock: () => 1_800_000_000_000,
}

/** `verifyJwt` as its documentation shows it. */
export const createOwnVerifier: CreatedVerifier['createVerifier'] = async material => {
  const { algorithm, key, issuer, audience, typ, clock } = material
  const imported = await importKey(key, { algorithm })
  return token => verifyJwt(token, imported, { issuer, audience, algorithms: [algorithm], typ, clock })
}

/** Ours may throw nothing else. */
export function isAuthError(error: unknown): boolean {
  return error instanceof AuthError
}

/** A server at a spare port of this machine. */
export async function serve(
  listener: RequestListener,
): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // a server that listens on TCP has such an address
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/me`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
