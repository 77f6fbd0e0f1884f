export { wasRead } from '../../src/compat/was-read.js';
