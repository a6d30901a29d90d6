import type { Group, Subject } from '../harness/operation.js'
import { apiKeyGroup } from './api-key.js'
import { growthGroups } from './growth.js'
import { issueGroups } from './issue.js'
import { methodGroups } from './methods.js'
import { protectedRouteGroups } from './protected-route.js'
import { garbageGroup, refuseGroups } from './refuse.js'
import { storeGroups } from './stores.js'
import { cachedGroup, verifyGroups } from './verify.js'

/** All groups whose subjects run in processes of their own, in the order of the report. */
export const groups: readonly Group[] = [
  ...verifyGroups,
  cachedGroup,
  ...refuseGroups,
  garbageGroup,
  ...issueGroups,
  apiKeyGroup,
  ...protectedRouteGroups,
  ...storeGroups,
  ...growthGroups,
  ...methodGroups,
]

/** Finds a subject by the names that its process was started with. @throws RangeError for others */
export function findSubject(groupId: string, name: string): Subject {
  const subject = groups.find(({ id }) => id === groupId)?.subjects.find(candidate => candidate.name === name)
  if (subject === undefined) throw new RangeError(`There is no subject ${groupId} / ${name}.`)
  return subject
}
