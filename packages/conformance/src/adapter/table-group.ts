import type { AdapterRequest } from './adapter-request.js'
import type { ApplicationPart } from './application.js'
import type { AdapterCredentials } from './credentials.js'
import type { HeldDeployment } from './deployments.js'

/** One subject of the table: what the application has for it, what is issued for it, and what is asked. */
export interface TableGroup {
  rows(): readonly AdapterRequest[]
  /** The routes of these rows, on one deployment. */
  build(deployment: HeldDeployment): ApplicationPart
  /**
   * Issues what these rows name in braces. Lets at least 1,000 seconds pass, so that nothing of the row before is left:
   * limits are untouched again, and proofs are used no more.
   */
  issue(deployment: HeldDeployment): Promise<AdapterCredentials>
}
