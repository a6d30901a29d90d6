import { runConformance } from '../support/run-conformance.js'
import { findPlace } from '../support/servers.js'

runConformance('Redis (ioredis)', 'ioredis', await findPlace())
