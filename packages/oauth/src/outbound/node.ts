import { lookup as lookUpName } from 'node:dns'
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { isPublicAddress } from './address-rules.js'
import { OutboundError } from './outbound-error.js'
import type { OutboundCommand, OutboundResponse, OutboundTransport } from './outbound-fetch.js'

/** An address as `node:dns` answers it: in text, and 4 or 6. */
export interface ResolvedAddress {
  readonly address: string
  readonly family: number
}

/** Resolves a name to all of its addresses. */
export type ResolveName = (
  hostname: string,
  done: (error: Error | null, addresses: readonly ResolvedAddress[]) => void,
) => void

const resolveName: ResolveName = (hostname, done) => {
  lookUpName(hostname, { all: true, verbatim: true }, (error, addresses) => done(error, addresses ?? []))
}

/**
 * Connects with the addresses that were checked and no others, so that a name that changes its address in between
 * gains nothing.
 */
export function createNodeTransport(resolve: ResolveName = resolveName): OutboundTransport {
  return async command => {
    const request = createRequest(command, resolve)
    const abort = () => request.destroy(new OutboundError('timeout'))
    command.signal.addEventListener('abort', abort)
    if (command.signal.aborted) abort()
    try {
      return await readBody(await send(request, command.body), command.maxBytes)
    } catch (error) {
      // the error of an answer that was cut off does not say why
      if (command.signal.aborted) throw new OutboundError('timeout')
      throw error instanceof OutboundError ? error : new OutboundError('network')
    } finally {
      command.signal.removeEventListener('abort', abort)
      request.destroy()
    }
  }
}

/** The transport of Node, Bun and Deno. */
export const transport: OutboundTransport = createNodeTransport()

function createRequest(command: OutboundCommand, resolve: ResolveName): ClientRequest {
  const { url, method, headers, body, isPrivateAllowed } = command
  const create = url.protocol === 'https:' ? requestHttps : requestHttp
  const request = create(url, {
    method,
    headers: { ...headers, 'accept-encoding': 'identity', 'content-length': Buffer.byteLength(body ?? '') },
    agent: false,
    lookup: checkedLookup(resolve, isPrivateAllowed),
  })
  // where a runtime does not ask for the look-up, what was connected to is seen here
  request.on('socket', socket => {
    socket.on('connect', () => {
      if (isAllowed(socket.remoteAddress ?? '', isPrivateAllowed)) return
      request.destroy(new OutboundError('address_refused'))
    })
  })
  return request
}

function send(request: ClientRequest, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((fulfil, reject) => {
    request.on('error', reject)
    request.on('response', fulfil)
    request.end(body)
  })
}

function checkedLookup(resolve: ResolveName, isPrivateAllowed: boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      const [first] = addresses
      if (error !== null || first === undefined) return callback(new OutboundError('network'), '')
      // one bad address among good ones is no accident
      if (!addresses.every(({ address }) => isAllowed(address, isPrivateAllowed))) {
        return callback(new OutboundError('address_refused'), '')
      }
      if (options.all === true) return callback(null, [...addresses])
      callback(null, first.address, first.family)
    })
  }
}

function isAllowed(address: string, isPrivateAllowed: boolean): boolean {
  return isPrivateAllowed || isPublicAddress(address)
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<OutboundResponse> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response) {
    length += chunk.length
    if (length > maxBytes) throw new OutboundError('too_large')
    chunks.push(chunk)
  }
  const headers = new Headers()
  for (const [name, values] of Object.entries(response.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value)
  }
  return { status: response.statusCode ?? 0, headers, body: new Uint8Array(Buffer.concat(chunks)) }
}
