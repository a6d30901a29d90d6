import { runConformance } from '../support/run-conformance.js'
import { findPlace } from '../support/servers.js'

runConformance('Redis (node-redis)', 'node-redis', await findPlace())
