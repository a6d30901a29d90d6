// A process of its own with stores on the server that `connection` names.
import { serveStores } from '@authcore/conformance/node'
import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster } from 'redis'
import { redisStores } from '../../dist/index.js'

const clients = new Map()

async function connect({ kind, ports, isCluster }) {
  if (kind === 'ioredis') {
    const nodes = ports.map(port => ({ host: '127.0.0.1', port }))
    const client = isCluster ? new Cluster(nodes) : new Redis(ports[0])
    // a server that a test restarts is no news
    return client.on('error', () => {})
  }
  const urls = ports.map(port => ({ url: `redis://127.0.0.1:${port}` }))
  const client = isCluster ? createCluster({ rootNodes: urls }) : createClient(urls[0])
  client.on('error', () => {})
  await client.connect()
  return client
}

serveStores(async connection => {
  const { kind, prefix, expiryMarginSeconds } = connection
  if (!clients.has(kind)) clients.set(kind, connect(connection))
  return { stores: redisStores(await clients.get(kind), { prefix, expiryMarginSeconds }) }
})
