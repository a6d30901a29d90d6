import { runConformance } from '../support/run-conformance.js'
import { startPlace } from '../support/servers.js'

// the other client runs the whole of it; this one on a server that the faults may restart
runConformance('Redis (ioredis)', 'ioredis', await startPlace(), { runs: 50, histories: 20 })
