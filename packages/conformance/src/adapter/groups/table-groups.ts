import type { TableGroup } from '../table-group.js'
import { certificateGroup } from './certificate-group.js'
import { clientGroup } from './client-group.js'
import { dpopGroup } from './dpop-group.js'
import { limitGroup } from './limit-group.js'
import { opaqueGroup } from './opaque-group.js'
import { sessionGroup } from './session-group.js'
import { transportGroup } from './transport-group.js'

/** The subjects of the table that need more of the application than a deployment as it is. */
export const TABLE_GROUPS: readonly TableGroup[] = Object.freeze([
  sessionGroup,
  dpopGroup,
  certificateGroup,
  opaqueGroup,
  limitGroup,
  clientGroup,
  transportGroup,
])
