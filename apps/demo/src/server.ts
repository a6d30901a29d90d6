import { serveCommands } from './process/serve-commands.js'

serveCommands()
