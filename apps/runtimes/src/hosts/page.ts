import { runTask } from '../suite.js'

// a browser: the page offers the suite to whoever drives it
Object.assign(globalThis, { runTask })
