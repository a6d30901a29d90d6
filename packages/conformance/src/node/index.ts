/**
 * What only Node can do: find and start servers.
 * @module
 */
export {}
