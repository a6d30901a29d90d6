import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { memoryStores } from '@authcore/core/memory'
import { expect, it, onTestFinished } from 'vitest'
import { createDemoAuth } from '../src/demo-auth.js'
import type { RouteCall } from '../src/routes/demo-route.js'
import { gatewayRoutes } from '../src/routes/gateway-routes.js'
import { closeServer, listen } from '../src/server-socket.js'

const BASE_URL = 'https://demo.example'

const auth = createDemoAuth({
  baseUrl: BASE_URL,
  clock: Date.now,
  stores: memoryStores(),
  secret: 'hJ0mZ1vXcQ8rT5uYwA3eKp7LdNs9BgFi2oCxVkMtSjE',
})

it('drops identity headers in every spelling, and what a body would need that is not there', async () => {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(request.headers))
  })
  const port = await listen(server, 0)
  onTestFinished(() => closeServer(server))
  const answer = await call(`http://127.0.0.1:${port}`, {
    'x-user-id': ['mallory', 'mallory'],
    x_user_id: 'mallory',
    cookie: 'session=mallory',
    expect: '100-continue',
    'content-length': '7',
    'x-trace': ['one', 'two'],
  })
  const received: unknown = JSON.parse(answer.body ?? '')
  expect(received).toMatchObject({ 'x-user-id': 'user-1', 'x-trace': 'one, two' })
  expect(answer.body).not.toContain('mallory')
})

it('answers 502 where the inner service is away', async () => {
  const server = createServer()
  await listen(server, 0)
  const { port }: AddressInfo = Object(server.address())
  await closeServer(server)
  await expect(call(`http://127.0.0.1:${port}`, {})).rejects.toMatchObject({
    code: 'inner_service_unavailable',
  })
})

async function call(innerServiceUrl: string, headers: RouteCall['headers']) {
  const [route] = gatewayRoutes({ auth, innerServiceUrl })
  if (route === undefined) throw new Error('there is no route')
  const { accessToken } = await auth.accessTokens.issue({ subject: 'user-1' })
  const principal = await auth.accessTokens.verify(accessToken)
  return route.answer({ principal, headers, readBody: async () => new Uint8Array() })
}
