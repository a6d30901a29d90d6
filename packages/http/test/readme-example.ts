import { type AuthCore, createAuthCore } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { authenticateRequest, parsePolicy, toErrorResponse, writeHeaders } from '../src/index.js'

export const auth: AuthCore = createAuthCore({
  issuer: 'https://api.example.com',
  audience: 'https://api.example.com',
  secrets: [process.env.AUTHCORE_SECRET], // openssl rand -base64 32
  stores: memoryStores(),
})
const policy = parsePolicy({ methods: ['access_token', 'api_key'], scope: ['reports:read'] }, auth)

/** A Fetch-style server; any other maps its request in the same way. */
export async function handle({ method, url, headers }: Request): Promise<Response> {
  try {
    const request = { method, url, headers: Object.fromEntries(headers) }
    const principal = await authenticateRequest(auth, request, policy)
    return Response.json({ subject: principal?.subject })
  } catch (error) {
    const answer = toErrorResponse(error, { policy })
    if (answer === undefined) throw error // not for the caller: a bug, or wrong settings
    const fields = new Headers()
    writeHeaders(fields, answer.headers) // several cookies stay several fields
    return new Response(answer.body, { status: answer.status, headers: fields })
  }
}
