import type { CryptoBackend } from './crypto/backend.js'
import type { RootSecrets } from './crypto/root-secrets.js'
import type { EmitEvent } from './events.js'
import type { Settings } from './options.js'
import type { Stores } from './ports/stores.js'
import type { Instants } from './revocation/instants.js'

/** What every part of one deployment shares; wired once in `auth-core.ts`. */
export interface Context {
  readonly settings: Settings
  readonly backend: CryptoBackend
  readonly secrets: RootSecrets
  /** The stores of the options, with driver errors turned into `StoreError`. */
  readonly stores: Stores
  readonly instants: Instants
  readonly emit: EmitEvent
}
