import { runConformance } from '../support/run-conformance.js'
import { startClusterPlace } from '../support/servers.js'

runConformance('Redis Cluster (node-redis)', 'node-redis', await startClusterPlace())
