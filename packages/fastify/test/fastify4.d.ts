declare module 'fastify4' {
  export { default } from 'fastify'
}
