import cluster, { type Worker } from 'node:cluster';
import { guarded } from '../net/guard.js';
import { type Answers, type AskAll, answer, type Desk, type Question } from './desk.js';

/** How long a worker may take to answer, in ms. */
const PATIENCE = 2000;

interface Asked {
  readonly op: 'asked';
  readonly ref: string;
  readonly question: Question;
}

interface Answered {
  readonly op: 'answered';
  readonly ref: string;
  readonly answer: Answers[Question['ask']];
}

/** In a worker: answers what the primary process asks. */
export function answerPrimary(desk: Desk): void {
  const hear = async (asked: Asked) => {
    if (asked.op !== 'asked') return;
    const told: Answered = { op: 'answered', ref: asked.ref, answer: await answer(desk, asked.question) };
    // When the primary process has gone meanwhile nobody wants to know.
    process.send?.(told, undefined, undefined, () => {});
  };
  process.on('message', guarded('a question of the primary process', hear));
}

let refs = 0;

/** In the primary process: asks all its workers. */
export const askWorkers: AskAll = async (question) => {
  const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  const answers = await Promise.all(workers.map((worker) => ask(worker, question)));
  return answers.filter((given) => given !== undefined) as never;
};

function ask(worker: Worker, question: Question): Promise<Answered['answer'] | undefined> {
  const ref = `asked ${++refs}`;
  return new Promise((resolve) => {
    const done = (given?: Answered['answer']) => {
      clearTimeout(timer);
      worker.off('message', hear);
      worker.off('disconnect', done);
      resolve(given);
    };
    const hear = (told: Answered) => told.op === 'answered' && told.ref === ref && done(told.answer);
    const timer = setTimeout(done, PATIENCE, undefined);
    worker.on('message', hear);
    worker.on('disconnect', done);
    if (!worker.isConnected()) return done();
    // It may have ended without a word of it yet.
    worker.send({ op: 'asked', ref, question } satisfies Asked, (error) => error !== null && done());
  });
}
