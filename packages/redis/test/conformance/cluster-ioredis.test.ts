import { runConformance } from '../support/run-conformance.js'
import { startClusterPlace } from '../support/servers.js'

// the other client runs the whole of it
runConformance('Redis Cluster (ioredis)', 'ioredis', await startClusterPlace(), { runs: 50, histories: 20 })
