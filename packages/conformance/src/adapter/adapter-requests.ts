import type { AdapterRequest } from './adapter-request.js'
import { TABLE_GROUPS } from './groups/table-groups.js'
import { apiKeyRows } from './rows/api-key-rows.js'
import { demandRows } from './rows/demand-rows.js'
import { refreshRows } from './rows/refresh-rows.js'
import { routeRows } from './rows/route-rows.js'
import { tokenRows } from './rows/token-rows.js'

/** The one table of requests that every adapter has to answer alike. Names are unique. */
export const adapterRequests: readonly AdapterRequest[] = Object.freeze([
  ...tokenRows(),
  ...apiKeyRows(),
  ...demandRows(),
  ...routeRows(),
  ...refreshRows(),
  ...TABLE_GROUPS.flatMap(group => group.rows()),
])
