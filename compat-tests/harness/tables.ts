export { type Row, TABLES, type Tables } from '../../src/compat/tables/tables.js';
