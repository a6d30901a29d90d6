/** What is called of a node-redis client (v4 and later): standalone, pooled or for a cluster. */
export interface NodeRedisClient {
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** What is called of an ioredis client (v5 and later): standalone, by sentinels or for a cluster. */
export interface IoRedisClient {
  evalsha(sha: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
}

/** Any client that can run scripts the way node-redis or ioredis does. */
export type RedisClient = NodeRedisClient | IoRedisClient
