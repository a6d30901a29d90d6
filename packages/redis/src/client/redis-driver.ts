import { ConfigError } from '@authcore/core'
import type { IoRedisClient, NodeRedisClient, RedisClient } from './redis-client.js'

/** The few commands that are sent, in one shape for all clients. Errors of the client are passed on unchanged. */
export interface RedisDriver {
  /** Keys that one command names must share a slot. */
  readonly isCluster: boolean
  /** Commands may leave in another order than they were given in. */
  readonly isReordering: boolean
  evalsha(sha: string, keys: readonly string[], args: readonly string[]): Promise<unknown>
  eval(text: string, keys: readonly string[], args: readonly string[]): Promise<unknown>
  /** The id of the connection that the next command uses. */
  clientId(): Promise<unknown>
  wait(replicas: number, timeoutMilliseconds: number): Promise<unknown>
  /** One section of INFO of each primary that the client knows. */
  info(section: string): Promise<readonly unknown[]>
}

type Call = (...args: readonly unknown[]) => Promise<unknown>

/**
 * Tells clients apart by what they can do: `evalSha` is node-redis, `evalsha` is ioredis. One that can name its
 * nodes (node-redis `masters`, ioredis `nodes`) is for a cluster.
 * @throws {ConfigError} `config_invalid` on anything else
 */
export function toRedisDriver(client: RedisClient, cluster?: boolean): RedisDriver {
  if (isNodeRedis(client)) return nodeRedisDriver(client, cluster ?? 'masters' in client)
  if (isIoRedis(client)) return ioRedisDriver(client, cluster ?? hasMethod(client, 'nodes'))
  throw new ConfigError('config_invalid', [
    {
      path: 'client',
      message: 'must be a client of node-redis or ioredis, or one that runs scripts as they do',
    },
  ])
}

function nodeRedisDriver(client: NodeRedisClient, isCluster: boolean): RedisDriver {
  return {
    isCluster,
    isReordering: false,
    evalsha: (sha, keys, args) =>
      isRouting(client)
        ? sendByKey(client, ['EVALSHA', sha], keys, args)
        : client.evalSha(sha, { keys: [...keys], arguments: [...args] }),
    eval: (text, keys, args) =>
      isRouting(client)
        ? sendByKey(client, ['EVAL', text], keys, args)
        : client.eval(text, { keys: [...keys], arguments: [...args] }),
    clientId: () => method(client, 'clientId')(),
    wait: (replicas, timeout) => method(client, 'wait')(replicas, timeout),
    info: async section => {
      const nodes = await nodeRedisPrimaries(client)
      return Promise.all(nodes.map(node => method(node, 'info')(section)))
    },
  }
}

/** Says whether a client of node-redis chooses the node by a key. */
function isRouting(client: NodeRedisClient): boolean {
  return 'masters' in client && hasMethod(client, 'sendCommand')
}

/** In v4 `evalSha` of a cluster does not see the keys and asks nodes at random until one is the right one. */
function sendByKey(
  client: NodeRedisClient,
  words: readonly string[],
  keys: readonly string[],
  args: readonly string[],
): Promise<unknown> {
  return method(client, 'sendCommand')(keys[0], false, [...words, String(keys.length), ...keys, ...args])
}

async function nodeRedisPrimaries(client: NodeRedisClient): Promise<readonly object[]> {
  if (!('masters' in client && Array.isArray(client.masters))) return [client]
  const nodeClient = method(client, 'nodeClient')
  return (await Promise.all(client.masters.map(node => nodeClient(node)))).filter(isObject)
}

function ioRedisDriver(client: IoRedisClient, isCluster: boolean): RedisDriver {
  return {
    isCluster,
    isReordering: isAutoPipelining(client),
    evalsha: (sha, keys, args) => client.evalsha(sha, keys.length, ...keys, ...args),
    eval: (text, keys, args) => client.eval(text, keys.length, ...keys, ...args),
    clientId: () => method(client, 'client')('ID'),
    wait: (replicas, timeout) => method(client, 'wait')(replicas, timeout),
    info: section => Promise.all(ioRedisPrimaries(client).map(node => method(node, 'info')(section))),
  }
}

function ioRedisPrimaries(client: IoRedisClient): readonly object[] {
  if (!('nodes' in client && typeof client.nodes === 'function')) return [client]
  const nodes: unknown = client.nodes('master')
  return Array.isArray(nodes) ? nodes.filter(isObject) : []
}

function isAutoPipelining(client: object): boolean {
  const options: unknown = Reflect.get(client, 'options')
  return isObject(options) && Reflect.get(options, 'enableAutoPipelining') === true
}

function isNodeRedis(client: object): client is NodeRedisClient {
  return hasMethod(client, 'evalSha') && hasMethod(client, 'eval')
}

function isIoRedis(client: object): client is IoRedisClient {
  return hasMethod(client, 'evalsha') && hasMethod(client, 'eval')
}

function hasMethod(client: object, name: string): boolean {
  return typeof Reflect.get(Object(client), name) === 'function'
}

/** A method that not every client has; it is only needed for what was asked for by an option. */
function method(client: object, name: string): Call {
  const found: unknown = Reflect.get(client, name)
  if (typeof found !== 'function') throw new TypeError(`The Redis client has no method ${name}.`)
  return async (...args) => Reflect.apply(found, client, args)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
