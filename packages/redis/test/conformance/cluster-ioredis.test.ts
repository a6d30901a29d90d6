import { runConformance } from '../support/run-conformance.js'
import { startClusterPlace } from '../support/servers.js'

runConformance('Redis Cluster (ioredis)', 'ioredis', await startClusterPlace())
