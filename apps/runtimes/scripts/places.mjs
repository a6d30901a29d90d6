import { fileURLToPath } from 'node:url'

/** This application. */
export const APP = fileURLToPath(new URL('..', import.meta.url))

/** The workspace. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** Whatever is installed and built here; not under version control. */
export const PLACE = fileURLToPath(new URL('../.runtimes', import.meta.url))
